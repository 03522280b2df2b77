// Before the screens, whose own styles refine these.
import './theme.css'
import './base.css'
import './frame.css'
import { render } from 'solid-js/web'
import { App } from './app.tsx'

const root = document.querySelector('#pages')
if (root === null) throw new Error('index.html has no element #pages')
render(() => <App />, root)
