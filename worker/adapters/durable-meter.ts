import type { Meter } from '../ports.ts'
import type { AllowanceObject } from './allowance-object.ts'

export const durableMeter = (objects: DurableObjectNamespace<AllowanceObject>): Meter => ({
  report: async (subject, report) => objects.getByName(subject).report(report),
})
