import { settings } from './settings.ts'

/** The settings as the Markdown table that README.md shows between its `settings` markers. */
export function settingsTable(): string {
  const rows = settings.map(
    (setting) => `| \`${setting.name}\` | ${setting.default} | ${setting.unit} | ${setting.meaning} |`,
  )
  return ['| setting | default | unit | meaning |', '|---|---|---|---|', ...rows].join('\n')
}
