// The providers of one run: started at first use, configured once, ended with the run.

import { providerReference, type ResourceState, urnName } from "./deployment-state";
import { ProviderProcess, type ProviderProcessOptions } from "./provider-process";
import type { ProviderProtocol } from "./provider-protocol";

export class Providers {
    private readonly processes: Promise<ProviderProcess>[] = [];
    private readonly serving = new Map<string, Promise<ProviderProtocol>>();

    constructor(private readonly options: ProviderProcessOptions) {}

    /** A new process, not configured yet. */
    async start(): Promise<ProviderProtocol> {
        const process = ProviderProcess.startDynamic(this.options);
        this.processes.push(process);
        return (await process).protocol;
    }

    /** Configures `protocol` as the provider resource `state` says, to be found by its reference from now on. */
    async serve(state: ResourceState, protocol: ProviderProtocol): Promise<void> {
        const { urn, type, id, inputs } = state;
        const configured = protocol.configure({ urn, type, name: urnName(urn) }, id, inputs).then(() => protocol);
        this.serving.set(providerReference(state), configured);
        await configured;
    }

    /** The provider of `reference`; when this run has none, one with the configuration that `resources` kept. */
    async find(reference: string, resources: ResourceState[]): Promise<ProviderProtocol> {
        const known = this.serving.get(reference);
        if (known) return known;
        const state = resources.find((resource) => providerReference(resource) === reference);
        if (!state) throw new Error(`The state has no provider ${reference}.`);
        if (!state.type.endsWith(":pulumi-nodejs")) {
            throw new Error(
                `${state.urn} is a provider plugin: the rehearsal runs dynamic resources only. The Pulumi CLI runs it.`,
            );
        }
        const protocol = this.start();
        const configured = protocol.then(async (started) => {
            await this.serve(state, started);
            return started;
        });
        this.serving.set(reference, configured);
        return configured;
    }

    async stop(): Promise<void> {
        await Promise.all(
            this.processes.map(async (starting) => {
                const process = await starting.catch(() => undefined);
                await process?.stop();
            }),
        );
    }
}
