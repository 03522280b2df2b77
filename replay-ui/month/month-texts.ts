import { locale } from '../texts.ts'

/** The words of a client's month. */
export const monthTexts = {
  link: 'Package and statement',
  heading: (client: string, month: string) => `${client}, ${month}`,
  before: 'Month before',
  after: 'Month after',
  open: 'Not closed: the numbers may still change.',
  closed: (day: string, actor: string) => `Closed ${day} by ${actor}.`,
  balanceTitle: 'Package',
  balance: {
    carriedIn: 'Carried in',
    included: 'Included',
    used: 'Used',
    left: 'Left',
    overageAgreed: 'Beyond it, agreed',
    overagePending: 'Beyond it, waiting for consent',
  },
  toPay: 'To pay beyond it',
  noContract: 'Nothing is agreed yet.',
  work: 'Work',
  noWork: 'No work in this month.',
  correction: (month: string, minutes: number) => `Correction of ${month}: ${minutes.toLocaleString(locale)} min`,
  columns: {
    when: 'When',
    task: 'Task',
    targets: 'Servers',
    staff: 'Who',
    measured: 'Measured',
    charged: 'Charged, min',
  },
} as const
