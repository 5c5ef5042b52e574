/**
 * A journal through a fresh kernel: the same events give the same decisions, or something is not as it was.
 *
 * Nothing leaves here: what the kernel wants done is only summed up, because its fate is already in the journal.
 */
import { InputError } from '../core/errors.ts'
import type { Event } from '../domain/event.ts'
import { DecisionDigest } from '../kernel/decision-digest.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Observer } from '../kernel/ports.ts'
import type { JournalEnd, JournalReader } from '../storage/journal/reader.ts'

export interface ReplayParts {
  readonly journal: JournalReader
  /** Fresh, with the configuration of the run that wrote the journal. */
  readonly kernel: Kernel
  /** Of that configuration. Other code may replay: whether it decides alike is what the digest tells. */
  readonly configHash: string
  readonly observers?: readonly Observer[]
}

export interface Replay {
  /** To compare with the digest of the run that wrote the journal. */
  readonly digest: string
  readonly end: JournalEnd
}

/** @throws InputError `journal-other-run` when the configuration differs, `journal-not-from-start`, `journal-damaged`. */
export function replay({ journal, kernel, configHash, observers = [] }: ReplayParts): Replay {
  refuseOthers(journal, configHash)
  const digest = new DecisionDigest(kernel.instruments)
  const all: readonly Observer[] = [digest, ...observers]
  const end = journal.each((event: Event) => {
    const decision = kernel.handle(event)
    for (let i = 0; i < all.length; i++) all[i].observe(event, decision)
  })
  return { digest: digest.hex(), end }
}

function refuseOthers({ file, header }: JournalReader, configHash: string): void {
  if (header.configHash !== configHash)
    throw new InputError(
      'journal-other-run',
      `${file} was written with configuration ${header.configHash}, this one is ${configHash}`,
      {
        where: { file },
        next: 'Replay it with the configuration that wrote it.',
      },
    )
  if (header.startSeq !== 1)
    throw new InputError(
      'journal-not-from-start',
      `${file} begins with event ${header.startSeq}, so a fresh kernel cannot follow it`,
      {
        where: { file, startSeq: header.startSeq },
        next: 'Replay from the journal that begins with event 1.',
      },
    )
}
