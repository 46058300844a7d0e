/**
 * Front-end 1: what the provider text of every dynamic resource requires, `require("pulumi-fastio/runtime").provider(kind)`.
 * That text lives in the state of every stack and is run by later releases: this path and this signature never change.
 * The functions of the SDK reach `call` here, too.
 */
import "../../require-node";
import { isDeepStrictEqual } from "node:util";
import type * as dynamic from "@pulumi/pulumi/dynamic";
import type { ApiClient } from "../api/client";
import { Connection, functionContext, newClient } from "../connection";
import { type CheckFailure, withoutValues } from "../core/check";
import { readSettings, type Settings, type StackConfig } from "../core/config";
import type { Properties } from "../core/define";
import { callFunction } from "../core/define-function";
import { messageOf, PartialFailure } from "../core/errors";
import type { Lifecycle } from "../core/lifecycle";
import { inputsKey, resourceKey, toState } from "../core/state";
import { nameIn } from "../core/token";
import { functionsByName } from "../functions";
import { resourcesByKind } from "../resources";
import { changesOfSecrets } from "./changes";
import { dynamicType, knownOf, providerKey, stateOf } from "./host-state";

/**
 * The host awaits `configure` for the first call only, and calls that arrive meanwhile run before it has ended: so every
 * verb awaits this. One configuration serves all kinds, because a stack has one.
 */
const configured = Promise.withResolvers<Lifecycle>();

/** The provider of one kind, for Pulumi's dynamic provider host. */
export function provider(kind: string): dynamic.ResourceProvider {
    return {
        async configure({ config }) {
            const settings = () => readSettings((key) => config.get(`fastio:${key}`), process.env);
            configured.resolve(new Connection(settings, show).lifecycle);
        },

        async check(olds: Properties, news: Properties) {
            return run(`a check of ${kind}`, news, async (lifecycle) => {
                const { inputs, failures } = lifecycle.check({ kind }, olds, news);
                return {
                    inputs: { ...inputs, ...changesOfSecrets(kind, olds, inputs) },
                    // The host hands over secrets without their marks, so whatever the program gives may be one.
                    failures: withoutValues(failures, news, () => true).map((failure) =>
                        ofImport(kind, olds, news, failure),
                    ),
                };
            });
        },

        async diff(id, olds: Properties, news: Properties) {
            return run(`a comparison of ${kind}`, news, async (lifecycle) => {
                const known = knownOf(olds, news);
                const { changes, replaces, deleteBeforeReplace } = lifecycle.diff({ kind }, id, known, news);
                // The update of what the plugin made brings the inputs into the outputs, and asks for nothing else.
                return { changes: changes || !(inputsKey in olds), replaces, deleteBeforeReplace };
            });
        },

        async create(inputs: Properties) {
            return run(`a create of ${kind}`, inputs, async (lifecycle) => {
                const { id, outputs } = await lifecycle.create(subject(kind, inputs), inputs);
                return { id, outs: stateOf(outputs, inputs, inputs) };
            });
        },

        async read(id, props: Properties = {}) {
            const known = knownOf(props);
            return run(`a read of ${kind}`, known.inputs, async (lifecycle) => {
                const found = await lifecycle.read(subjectOfState(kind, known.inputs), id, known);
                if (found === undefined) return {};
                const inputs = toState({ ...found.inputs, [providerKey]: props[providerKey] });
                return { id, props: stateOf(found.outputs, found.inputs, props), inputs };
            });
        },

        async update(id, olds: Properties, news: Properties) {
            return run(`an update of ${kind}`, news, async (lifecycle) => {
                const outputs = await lifecycle.update(subject(kind, news), id, knownOf(olds, news), news);
                return { outs: stateOf(outputs, news, news) };
            });
        },

        async delete(id, props: Properties) {
            const known = knownOf(props);
            await run(`a delete of ${kind}`, known.inputs, (lifecycle) =>
                lifecycle.delete(subjectOfState(kind, known.inputs), id, known),
            );
        },
    };
}

/** An import hands over the inputs of its file twice, and what the file lacks is lacking in both. */
function ofImport(kind: string, olds: Properties, news: Properties, failure: CheckFailure): CheckFailure {
    if (failure.property in olds || !isDeepStrictEqual(olds, news)) return failure;
    const advice = `in an import file \`npx pulumi-fastio adopt-file ${kind} ID\` writes it`;
    return { ...failure, reason: `${failure.reason}; ${advice}` };
}

/** A program that runs several stacks has a client for each account and service. */
const clients = new Map<string, ApiClient>();

/** Calls a function of the provider, in the program's own process and with the configuration of the program's stack. */
export async function call(name: string, args: Properties, stackConfig: StackConfig): Promise<Properties> {
    const definition = functionsByName.get(name);
    if (definition === undefined)
        throw new Error(`there is no function ${name}; the SDK and the runtime of pulumi-fastio differ in version`);
    const client = () => clientOf(readSettings(stackConfig, process.env));
    return callFunction(definition, () => functionContext(client(), show), args);
}

function clientOf(settings: Settings): ApiClient {
    const key = JSON.stringify(settings);
    const client = clients.get(key) ?? newClient(settings, show);
    clients.set(key, client);
    return client;
}

/** The host shows what its process prints as messages of the stack. */
function show(severity: "debug" | "info" | "warning" | "error", message: string): void {
    if (severity !== "debug")
        console.log(severity === "info" ? `Fast.io: ${message}` : `Fast.io ${severity}: ${message}`);
}

/**
 * What the host is thrown. It logs `${error}: ${error.stack}` of a check, comparison, read or delete that fails, and the engine
 * shows the message with the resource: the log points there, or each text would come three times.
 */
class HostError extends Error {
    constructor(message: string, what: string) {
        super(message);
        this.stack = `${what} failed; the error of that resource says why`;
    }

    override toString(): string {
        return "Fast.io";
    }
}

/** The host needs errors, and of a create or update that left something behind also the id and the properties, the provider text among them. */
async function run<T>(doing: string, inputs: Properties, work: (lifecycle: Lifecycle) => Promise<T>): Promise<T> {
    try {
        return await work(await configured.promise);
    } catch (thrown) {
        const name = String(inputs[resourceKey] ?? "").split("::")[3];
        const what = name === undefined ? doing : `${doing} ${JSON.stringify(name)}`;
        const error = new HostError(messageOf(thrown), what);
        if (!(thrown instanceof PartialFailure)) throw error;
        throw Object.assign(error, {
            id: thrown.id,
            properties: stateOf(thrown.outputs, thrown.inputs, inputs),
            reasons: [error.message],
        });
    }
}

/** What is told of the state alone: the program has said its name at the last update, and the state may have another since. */
function subjectOfState(kind: string, inputs: Properties) {
    return { kind, lastUrn: subject(kind, inputs).urn };
}

/** The URN that the program gives it: as in the plugin, with the types of dynamic resources. */
function subject(kind: string, inputs: Properties): { kind: string; urn?: string } {
    const resource = inputs[resourceKey];
    if (typeof resource !== "string") return { kind };
    const [stack, project, types = "", ...name] = resource.split("::");
    const urn = [stack, project, types.split("$").map(stateType).join("$"), ...name].join("::");
    return { kind, urn };
}

function stateType(type: string): string {
    const kind = nameIn(type);
    return kind !== undefined && resourcesByKind.has(kind) ? dynamicType(kind) : type;
}
