// How a subcommand ends whose answer is an exit code of its own.

/** Ends the command line with this code; what there is to say has been said. */
export class Exit extends Error {
    constructor(readonly code: number) {
        super(`exit ${code}`);
    }
}
