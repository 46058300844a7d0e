// The state during a run: what the run has made so far before what is left of the state it began with.

import type { OperationKind, PendingOperation, ResourceState, StackState } from "./deployment-state";

export class Checkpoint {
    private readonly made: ResourceState[] = [];
    private readonly done = new Set<ResourceState>();
    private readonly operations: PendingOperation[] = [];

    /**
     * @param base the state that the run begins with; its resources are changed in place
     * @param save called after every change, before the program hears of it
     */
    constructor(
        readonly base: StackState,
        private readonly save: (state: StackState) => Promise<void>,
    ) {}

    /** Remembers, before the call to the provider, that it is under way. */
    async begin(resource: ResourceState, type: OperationKind): Promise<void> {
        this.operations.push({ resource, type });
        await this.save(this.current());
    }

    /** Records how an operation ended: `made` is now part of the state, `gone` no longer. */
    async end(
        resource: ResourceState,
        change: { made?: ResourceState; gone?: ResourceState | undefined },
    ): Promise<void> {
        const index = this.operations.findIndex((operation) => operation.resource === resource);
        if (index >= 0) this.operations.splice(index, 1);
        if (change.made) this.made.push(change.made);
        if (change.gone) this.done.add(change.gone);
        await this.save(this.current());
    }

    /** Carries a resource over unchanged; the next write will tell. */
    keep(old: ResourceState, next: ResourceState): void {
        this.done.add(old);
        this.made.push(next);
    }

    async flush(): Promise<void> {
        await this.save(this.current());
    }

    /** The state as it would be found if the run ended here. */
    current(): StackState {
        return {
            resources: [...this.made, ...this.base.resources].filter((resource) => !this.done.has(resource)),
            // Whether an interrupted create has made its object is for somebody else to find out.
            pendingOperations: [
                ...this.operations,
                ...this.base.pendingOperations.filter((operation) => operation.type === "creating"),
            ],
            ...(this.base.salt !== undefined && { salt: this.base.salt }),
        };
    }
}
