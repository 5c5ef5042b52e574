/** The lists in which a decision is gathered while an event is handled; used again for the next event. Pure. */
import type { Booking, Decision, Effect, Refusal, Target } from '../domain/decision.ts'

export class DecisionBuffer implements Decision {
  readonly effects: Effect[] = []
  readonly targets: Target[] = []
  readonly refusals: Refusal[] = []
  readonly bookings: Booking[] = []
  readonly regimes: number[] = []
  readonly notes: string[] = []
  readonly remarks: string[] = []

  clear(): void {
    // Most events decide nothing: a comparison is cheaper than a write.
    if (this.effects.length > 0) this.effects.length = 0
    if (this.targets.length > 0) this.targets.length = 0
    if (this.refusals.length > 0) this.refusals.length = 0
    if (this.bookings.length > 0) this.bookings.length = 0
    if (this.regimes.length > 0) this.regimes.length = 0
    if (this.notes.length > 0) this.notes.length = 0
    if (this.remarks.length > 0) this.remarks.length = 0
  }
}
