import { render } from 'solid-js/web'
import { App } from './app.tsx'
import './theme.css'
import './base.css'

const root = document.querySelector('#pages')
if (root === null) throw new Error('index.html has no element #pages')
render(() => <App />, root)
