import type { StatementBody } from '#shared/statement.ts'

/** The words of a statement in one language. */
export interface StatementTexts {
  readonly title: string
  readonly draft: string
  readonly balanceTitle: string
  readonly balance: Readonly<Record<keyof StatementBody['balance'], string>>
  readonly work: string
  /** When, task, targets, staff, measured, charged, remarks. */
  readonly columns: readonly string[]
  readonly total: string
  readonly notBilled: string
  readonly provisional: string
  readonly corrections: string
  readonly invoice: string
  readonly open: string
  closed(at: string, by: string): string
  length(minutes: number): string
  exact(ms: number): string
  beyond(minutes: number): string
  correction(month: string, minutes: number): string
  overage(minutes: number, rate: string): string
  vat(percent: number): string
  versions(rules: number, zoneData: string, zone: string, asOf: string): string
}

/** No-break space: a number stays with its unit. */
const NB = '\u00A0'

const en: StatementTexts = {
  title: 'Statement for',
  draft: 'Draft: the month is not closed.',
  balanceTitle: 'Balance of hours',
  balance: {
    carriedIn: 'Carried in',
    included: 'Included',
    credited: 'Given back from closed months',
    used: 'Used',
    left: 'Left',
    lapses: 'Lapses with the month',
    carriesOver: 'Carries over',
    overageAgreed: 'Beyond the package, agreed',
    overagePending: 'Beyond the package, waiting for consent',
  },
  work: 'Work done',
  columns: ['When', 'Task', 'Servers', 'Staff', 'Measured', 'Charged, min', ''],
  total: 'Total',
  notBilled: 'not billed',
  provisional: 'still counting',
  corrections: 'Corrections of closed months',
  invoice: 'To pay',
  open: 'Open when it was drawn up',
  closed: (at, by) => `Closed ${at} by ${by}.`,
  length: (minutes) => lengthText(minutes, 'h', 'min'),
  exact: (ms) => exactText(ms, ['h', 'min', 's']),
  beyond: (minutes) => `${minutes}${NB}min beyond the package`,
  correction: (month, minutes) => `${month}: ${minutes}${NB}min`,
  overage: (minutes, rate) => `${minutes}${NB}min at ${rate} an hour`,
  vat: (percent) => `VAT ${percent}${NB}%`,
  versions: (rules, zoneData, zone, asOf) =>
    `Billing rules ${rules}, time zone data ${zoneData}, days of ${zone}, counted up to ${asOf}.`,
}

const ru: StatementTexts = {
  title: 'Отчёт за',
  draft: 'Черновик: месяц не закрыт.',
  balanceTitle: 'Баланс часов',
  balance: {
    carriedIn: 'Перенесено с прошлых месяцев',
    included: 'Включено в пакет',
    credited: 'Возвращено по закрытым месяцам',
    used: 'Израсходовано',
    left: 'Осталось',
    lapses: 'Сгорает с концом месяца',
    carriesOver: 'Переносится дальше',
    overageAgreed: 'Сверх пакета, согласовано',
    overagePending: 'Сверх пакета, ждёт согласия',
  },
  work: 'Выполненные работы',
  columns: ['Когда', 'Задача', 'Серверы', 'Кто', 'Измерено', 'К списанию, мин', ''],
  total: 'Итого',
  notBilled: 'не оплачивается',
  provisional: 'ещё считается',
  corrections: 'Исправления закрытых месяцев',
  invoice: 'К оплате',
  open: 'Открытые вопросы на момент составления',
  closed: (at, by) => `Закрыт ${at}, ${by}.`,
  length: (minutes) => lengthText(minutes, 'ч', 'мин'),
  exact: (ms) => exactText(ms, ['ч', 'мин', 'с']),
  beyond: (minutes) => `${minutes}${NB}мин сверх пакета`,
  correction: (month, minutes) => `${month}: ${minutes}${NB}мин`,
  overage: (minutes, rate) => `${minutes}${NB}мин по ${rate} в час`,
  vat: (percent) => `НДС ${percent}${NB}%`,
  versions: (rules, zoneData, zone, asOf) =>
    `Правила расчёта ${rules}, данные часовых поясов ${zoneData}, дни по ${zone}, учтено до ${asOf}.`,
}

export const statementTexts: Readonly<Record<'ru' | 'en', StatementTexts>> = { ru, en }

/** `2 h 05 min`. */
function lengthText(minutes: number, hour: string, minute: string): string {
  const hours = Math.floor(minutes / 60)
  const rest = `${hours === 0 ? minutes : String(minutes % 60).padStart(2, '0')}${NB}${minute}`
  return hours === 0 ? rest : `${hours}${NB}${hour}${NB}${rest}`
}

/** To the second, the started one dropped: measured time is shown beside what is charged, which is rounded once. */
function exactText(ms: number, [hour, minute, second]: readonly [string, string, string]): string {
  const seconds = Math.floor(ms / 1000)
  const whole = Math.floor(seconds / 60)
  const rest = `${String(seconds % 60).padStart(2, '0')}${NB}${second}`
  return whole === 0 ? rest : `${lengthText(whole, hour, minute)}${NB}${rest}`
}
