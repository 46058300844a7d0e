// The providers of one run. Each is a resource itself, which the engine manages: made by configuring a process, deleted by ending it.

import { randomUUID } from "node:crypto";
import { isProviderType, providerReference, providerTypePrefix, type ResourceState, urnName } from "./deployment-state";
import type { Config, Project } from "./project";
import { ProviderProcess, type ProviderProcessOptions } from "./provider-process";
import type {
    CheckAnswer,
    DiffAnswer,
    LiveObject,
    ProviderProtocol,
    ResourceProvider,
    Subject,
} from "./provider-protocol";
import { type Properties, sameValue, secret, unknown, type Value } from "./values";

/** The package of dynamic resources, whose provider every SDK brings along. */
export const dynamicPackage = "pulumi-nodejs";

/** Where a provider keeps what is the engine's and not its own. */
const internalKey = "__internal";

/** Which provider a resource or a function gets when it names none. */
export interface ProviderRequest {
    package: string;
    version: string;
    downloadUrl: string;
}

export interface ProvidersOptions extends Omit<ProviderProcessOptions, "folder"> {
    project: Project;
    config: Config;
}

export class Providers implements ResourceProvider {
    readonly supportsPreview = true;
    private readonly processes = new Map<ProviderProtocol, ProviderProcess>();
    private readonly starting = new Set<Promise<ProviderProcess>>();
    /** Started for a check, by URN, and not configured yet. */
    private readonly checked = new Map<string, ProviderProtocol>();
    private readonly serving = new Map<string, Promise<ProviderProtocol>>();

    constructor(private readonly options: ProvidersOptions) {}

    /** Who manages the resource: its provider, or for a provider the engine. Components have nobody. */
    async of(
        { custom, type, provider }: ResourceState,
        resources: ResourceState[],
    ): Promise<ResourceProvider | undefined> {
        if (!custom) return undefined;
        return isProviderType(type) ? this : this.find(provider, resources);
    }

    /** The provider of `reference`; when this run has none, one with the configuration that `resources` kept. */
    async find(reference: string, resources: ResourceState[]): Promise<ProviderProtocol> {
        const known = this.serving.get(reference);
        if (known) return known;
        const state = resources.find((resource) => providerReference(resource) === reference);
        if (!state) throw new Error(`unknown provider '${reference}'`);
        return this.serve(state.urn, state.id, state.inputs, this.start(state.type, state.inputs));
    }

    async check({ urn, type, name }: Subject, olds: Properties, news: Properties): Promise<CheckAnswer> {
        const protocol = await this.start(type, news);
        const answer = await protocol.checkConfig({ urn, type, name }, withoutInternal(olds), withoutInternal(news));
        if (answer && answer.failures.length > 0) {
            await this.end(protocol);
            return answer;
        }
        this.checked.set(urn, protocol);
        const { [internalKey]: internal, version } = news;
        const inputs = {
            ...(answer ? answer.inputs : news),
            ...(version !== undefined && { version }),
            ...(internal !== undefined && { [internalKey]: internal }),
        };
        return { inputs, failures: [] };
    }

    async diff(
        { urn, type, name }: Subject,
        id: string,
        oldInputs: Properties,
        oldOutputs: Properties,
        newInputs: Properties,
    ): Promise<DiffAnswer> {
        const checked = this.checked.get(urn);
        const protocol = checked ?? (await this.serving.get(`${urn}::${id}`));
        if (!protocol) throw new Error(`unknown provider '${urn}::${id}'`);
        const olds = { inputs: oldInputs, outputs: oldOutputs };
        const answer = await this.compare(protocol, { urn, type, name }, olds, newInputs);
        // The replacement starts another one.
        if (checked && isReplacement(answer)) {
            this.checked.delete(urn);
            await this.end(checked);
        }
        return answer;
    }

    /** What `protocol` says of the difference between two configurations. */
    async compare(
        protocol: ProviderProtocol,
        subject: Subject,
        olds: Pick<ResourceState, "inputs" | "outputs">,
        newInputs: Properties,
    ): Promise<DiffAnswer> {
        const news = withoutInternal(newInputs);
        const answer = await protocol.diffConfig(subject, withoutInternal(olds.inputs), olds.outputs, news);
        return { ...answer, changes: answer.changes ?? !sameValue(olds.outputs, news) };
    }

    async create({ urn }: Subject, inputs: Properties, _timeout: number, preview: boolean): Promise<LiveObject> {
        const id = preview ? unknown : randomUUID();
        await this.configure(urn, id, inputs);
        return { id, outputs: withoutInternal(inputs), initErrors: [] };
    }

    async update(
        { urn }: Subject,
        id: string,
        _oldInputs: Properties,
        _oldOutputs: Properties,
        newInputs: Properties,
    ): Promise<LiveObject> {
        await this.configure(urn, id, newInputs);
        return { id, outputs: withoutInternal(newInputs), initErrors: [] };
    }

    /** A provider that sees no difference goes on with the configuration that it had. */
    async keep(old: ResourceState): Promise<void> {
        const known = this.serving.get(providerReference(old));
        await (known ?? this.configure(old.urn, old.id, old.inputs));
    }

    async read(): Promise<never> {
        throw new Error("A provider cannot be read.");
    }

    async delete({ urn }: Subject, id: string): Promise<void> {
        const reference = `${urn}::${id}`;
        const protocol = await this.serving.get(reference);
        this.serving.delete(reference);
        if (protocol) await this.end(protocol);
    }

    /** The inputs of a default provider: of dynamic resources all configuration, of a plugin that of its package. */
    defaultInputs(request: ProviderRequest): Properties {
        const prefix = request.package === dynamicPackage ? "" : `${request.package}:`;
        const own = Object.entries(this.options.config).filter(([key]) => key.startsWith(prefix));
        const inputs = own.map(([key, { value, secret: isSecret }]): [string, Value] => [
            key.slice(prefix.length),
            isSecret ? secret(value) : value,
        ]);
        return withVersion(Object.fromEntries(inputs), request);
    }

    async stop(): Promise<void> {
        await Promise.all(
            [...this.starting].map(async (starting) => {
                const process = await starting.catch(() => undefined);
                await process?.stop();
            }),
        );
    }

    private configure(urn: string, id: string, inputs: Properties): Promise<ProviderProtocol> {
        const protocol = this.checked.get(urn);
        this.checked.delete(urn);
        return this.serve(urn, id, inputs, protocol ? Promise.resolve(protocol) : this.start(typeOf(urn), inputs));
    }

    /** Configures the provider, to be found by its reference from now on. */
    private serve(
        urn: string,
        id: string,
        inputs: Properties,
        starting: Promise<ProviderProtocol>,
    ): Promise<ProviderProtocol> {
        const configured = starting.then(async (protocol) => {
            await protocol.configure({ urn, type: typeOf(urn), name: urnName(urn) }, id, withoutInternal(inputs));
            return protocol;
        });
        this.serving.set(`${urn}::${id}`, configured);
        return configured;
    }

    /** A new process for a provider of `type`. */
    private async start(type: string, { version }: Properties): Promise<ProviderProtocol> {
        const name = type.slice(providerTypePrefix.length);
        const starting = name === dynamicPackage ? this.startDynamic() : this.startPlugin(name, version);
        this.starting.add(starting);
        const process = await starting;
        this.processes.set(process.protocol, process);
        return process.protocol;
    }

    private startDynamic(): Promise<ProviderProcess> {
        const { project, environment } = this.options;
        const own = { PULUMI_NODEJS_PROJECT: project.name, PULUMI_CONFIG: "{}" };
        return ProviderProcess.startDynamic({
            ...this.options,
            folder: project.programFolder,
            environment: { ...environment, ...own },
        });
    }

    private async startPlugin(name: string, version: Value | undefined): Promise<ProviderProcess> {
        const { project, environment, config, onMessage } = this.options;
        const programFolder = project.plugins.get(name);
        if (programFolder === undefined) {
            throw new Error(
                `The rehearsal does not support ${missingPlugin(name)}. The Pulumi CLI does, where it is installed.`,
            );
        }
        const prefix = `${name}:`;
        const own = Object.entries(config).filter(([key]) => key.startsWith(prefix));
        const plain = Object.fromEntries(own.map(([key, { value }]) => [key.slice(prefix.length), value]));
        const process = await ProviderProcess.startPlugin(name, programFolder, {
            ...this.options,
            folder: project.folder,
            environment: { ...environment, PULUMI_CONFIG: JSON.stringify(plain) },
        });
        if (typeof version === "string" && !isAtLeast(process.version, version)) {
            onMessage(
                "warning",
                `resource plugin ${name} is expected to have version >=${version}, but has ${process.version}; ` +
                    "the wrong version may be on your path, or this may be a bug in the plugin",
            );
        }
        return process;
    }

    private async end(protocol: ProviderProtocol): Promise<void> {
        await this.processes.get(protocol)?.stop();
    }
}

export function isReplacement({ replaces, details }: DiffAnswer): boolean {
    return replaces.length > 0 || details.some((detail) => detail.replaces);
}

export function missingPlugin(name: string): string {
    return `the provider plugin \`${name}\`, unless \`plugins.providers\` in Pulumi.yaml says in which folder it is`;
}

/** `inputs` of a provider with what the engine keeps of the request for it. */
export function withVersion(
    inputs: Properties,
    { version, downloadUrl }: Pick<ProviderRequest, "version" | "downloadUrl">,
): Properties {
    if (version === "" && downloadUrl === "") return inputs;
    const internal = downloadUrl === "" ? {} : { pluginDownloadURL: downloadUrl };
    return { ...inputs, ...(version !== "" && { version }), [internalKey]: internal };
}

/** `default_1_0_0`: a default provider is one of a version. */
export function defaultName({ version, downloadUrl }: ProviderRequest): string {
    const parts = [version.replace(/[.+-]/g, "_"), downloadUrl.replace(/[^A-Za-z0-9_.]/g, "_")].filter(Boolean);
    return ["default", ...parts].join("_");
}

function withoutInternal({ [internalKey]: _, ...inputs }: Properties): Properties {
    return inputs;
}

function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").pop() ?? "";
}

/** Whether version `one` is not older than `other`. */
function isAtLeast(one: string, other: string): boolean {
    if (one === "") return false;
    const [newer = "", older = ""] = [one, other].map((version) => version.replace(/^v/, "").split("+")[0]);
    const [left = "", right = ""] = [newer, older].map((version) => version.split("-")[0]);
    const order = left.localeCompare(right, "en", { numeric: true });
    // A version before a release is older than the release.
    return order !== 0 ? order > 0 : newer === older || !newer.includes("-");
}
