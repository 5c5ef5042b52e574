/**
 * JSON documents whose numbers keep their decimal text: 0.004 arrives as '0.004', never as a double and back.
 *
 * Pure.
 */
import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { parseDecimal } from '../../core/exact.ts'

/** What `JSON.parse` gives a reviver since ES2025: the source text of primitive values. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown

/** Parses JSON with every number as its text. Throws `InputError` naming `file` when the text is no JSON. */
export function parseJson(file: string, text: string): unknown {
  try {
    return parseWithSource(text.replace(/^\ufeff/, ''), (_key, value, { source }) =>
      typeof value === 'number' ? (source ?? String(value)) : value,
    )
  } catch (error) {
    throw new InputError(
      'json-unreadable',
      `${file} is no intact JSON document: ${error instanceof Error ? error.message : String(error)}`,
      {
        where: { file },
        next: 'Fetch the file again.',
        cause: error,
      },
    )
  }
}

/** A decimal, from a JSON string or number, as its text. */
export const decimalText = z
  .string()
  .refine((text) => text.trim() === text && parseDecimal(text) !== undefined, 'is no decimal number')
/** A whole number that a double holds. */
export const wholeNumber = decimalText.transform(Number).refine(Number.isSafeInteger, 'is no whole number')

/** The value in the shape, or an `InputError` that names the first place where it differs. */
export function shaped<Shape extends z.ZodType>(file: string, value: unknown, shape: Shape, what: string): z.output<Shape> {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const at = issue.path.map(String).join('.')
  throw new InputError('document-shape', `${file} is not ${what}: ${at === '' ? 'the document' : at} ${messageOf(issue)}`, {
    where: { file, field: at },
    next: 'Fetch it again from the exchange and keep it unchanged.',
  })
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type')
    return issue.message.includes('received undefined') ? 'is missing' : `should be ${issue.expected}`
  return issue.message
}
