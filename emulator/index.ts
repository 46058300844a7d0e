// A local Fast.io for tests, sandboxes and people without an account.

export type { Census } from "./census";
export { createEmulator, type Emulator, type EmulatorOptions } from "./create-emulator";
export type { LedgerEntry } from "./ledger";
