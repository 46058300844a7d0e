/** What the engine asks about one resource, put to the core and answered. Knows no kind. */
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Connection } from "../connection";
import type { Autonaming } from "../core/check";
import { type Known, metaOf, type Properties, propertyNames, type ResourceDefinition } from "../core/define";
import { PartialFailure, ResourceError } from "../core/errors";
import type { Bounds, Subject } from "../core/lifecycle";
import { secretsKey } from "../core/secrecy";
import { inputsKey, knownOf, resourceKey, withInputs, withoutInternal } from "../core/state";
import { nameIn } from "../core/token";
import { resourcesByKind } from "../resources";
import { checkAnswer, diffAnswer } from "./answers";
import { containsSecret, fromStruct, plainProperties, secretValue, toStruct, withMarks, withSecrets } from "./values";

/** The kind that a type token or a URN names. */
export function definitionOf(token: string): ResourceDefinition {
    const definition = resourcesByKind.get(nameIn(token) ?? "");
    if (definition === undefined)
        throw new ResourceError(`there is no resource ${JSON.stringify(token)} in this version of pulumi-fastio`);
    return definition;
}

function subjectOf(urn: string, bounds?: Bounds): { definition: ResourceDefinition; subject: Subject } {
    const [, , types = "", name] = urn.split("::");
    if (name === undefined) throw new ResourceError(`${JSON.stringify(urn)} is not a URN`);
    const definition = definitionOf(types.slice(types.lastIndexOf("$") + 1));
    return { definition, subject: { kind: definition.kind, urn, bounds } };
}

/**
 * Inputs as the core takes them: with the URN, of which it makes names and by which it knows the resource, and the names of
 * what came marked as secret.
 */
function inputsOf(properties: Properties, urn: string): Properties {
    return { ...plainProperties(properties), ...marksOf(properties), [resourceKey]: urn };
}

function knownFrom(outputs: Struct | undefined, inputs: Struct | undefined): Known {
    const received = { outputs: fromStruct(outputs), inputs: fromStruct(inputs) };
    const known = knownOf(plainProperties(received.outputs), plainProperties(received.inputs));
    return { ...known, inputs: { ...known.inputs, ...marksOf(received.outputs, received.inputs) } };
}

function marksOf(...received: Properties[]): Properties {
    const names = received.flatMap((one) => Object.keys(one).filter((name) => containsSecret(one[name])));
    return names.length === 0 ? {} : { [secretsKey]: names };
}

/** Inputs as the engine keeps them: secrets and references as the program gave them. */
export function shownInputs(definition: ResourceDefinition, inputs: Properties, received: Properties): Struct {
    return toStruct(withSecrets(withMarks(withoutInternal(inputs), received, true), definition.inputs.shape));
}

/** Outputs as the engine keeps them: secret where the definition says so, or where the program's inputs were. */
export function shownOutputs(definition: ResourceDefinition, outputs: Properties, received: Properties): Struct {
    const { [inputsKey]: inputs, ...shown } = outputs;
    const shape = { ...definition.inputs.shape, ...definition.outputs.shape };
    const marked = withSecrets(withMarks(shown, received, false), shape);
    return toStruct(inputs === undefined ? marked : { ...marked, [inputsKey]: secretValue(inputs) });
}

/** A verb failed half-way: what there is now goes into the state. */
export class HalfDone extends Error {
    override readonly name = "HalfDone";
    constructor(
        message: string,
        readonly detail: proto.ErrorResourceInitFailed,
    ) {
        super(message);
    }
}

async function whole<T>(definition: ResourceDefinition, received: Properties, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (!(error instanceof PartialFailure)) throw error;
        // The engine records the inputs that were asked for, or the old ones: neither is what the object has.
        const outputs = withInputs(error.outputs, withoutInternal(error.inputs));
        const detail = new proto.ErrorResourceInitFailed()
            .setId(error.id)
            .setProperties(shownOutputs(definition, outputs, received))
            .setInputs(shownInputs(definition, error.inputs, received))
            .setReasonsList([error.message]);
        throw new HalfDone(error.message, detail);
    }
}

export async function check({ lifecycle }: Connection, request: proto.CheckRequest): Promise<proto.CheckResponse> {
    const { definition, subject } = subjectOf(request.getUrn());
    const news = fromStruct(request.getNews());
    const { inputs, failures } = lifecycle.check(
        subject,
        plainProperties(fromStruct(request.getOlds())),
        inputsOf(news, request.getUrn()),
        autonamingOf(request),
    );
    return checkAnswer(fromStruct(shownInputs(definition, inputs, news)), failures);
}

function autonamingOf(request: proto.CheckRequest): Autonaming | undefined {
    const options = request.getAutonaming();
    if (options === undefined) return undefined;
    const { Mode } = proto.CheckRequest.AutonamingOptions;
    const modes = { [Mode.PROPOSE]: "propose", [Mode.ENFORCE]: "enforce", [Mode.DISABLE]: "disable" } as const;
    return { mode: modes[options.getMode()], name: options.getProposedName() };
}

export async function diff({ lifecycle }: Connection, request: proto.DiffRequest): Promise<proto.DiffResponse> {
    const { definition, subject } = subjectOf(request.getUrn());
    const known = knownFrom(request.getOlds(), request.getOldInputs());
    const news = inputsOf(fromStruct(request.getNews()), request.getUrn());
    const stable = propertyNames(definition.outputs).filter((name) => metaOf(definition, name).fixed);
    return diffAnswer(lifecycle.diff(subject, request.getId(), known, news), stable);
}

export async function create(
    { lifecycle }: Connection,
    request: proto.CreateRequest,
    bounds: Bounds,
): Promise<proto.CreateResponse> {
    const { definition, subject } = subjectOf(request.getUrn(), bounds);
    const received = fromStruct(request.getProperties());
    const inputs = inputsOf(received, request.getUrn());
    const { id, outputs } = request.getPreview()
        ? { id: "", outputs: lifecycle.preview(subject, undefined, inputs) }
        : await whole(definition, received, () => lifecycle.create(subject, inputs));
    return new proto.CreateResponse().setId(id).setProperties(shownOutputs(definition, outputs, received));
}

export async function read(
    connection: Connection,
    request: proto.ReadRequest,
    bounds: Bounds,
): Promise<proto.ReadResponse> {
    const { definition, subject } = subjectOf(request.getUrn(), bounds);
    const receivedInputs = fromStruct(request.getInputs());
    const receivedOutputs = fromStruct(request.getProperties());
    const known = knownFrom(request.getProperties(), request.getInputs());
    const found = await connection.lifecycle.read(subject, request.getId(), known);
    if (found === undefined) {
        // Nothing is known of it yet: somebody asks for it by name, and "gone" would not tell what was looked for.
        const isNew = Object.keys({ ...receivedInputs, ...receivedOutputs }).length === 0;
        if (isNew) throw nothingFound(definition, request.getId(), connection.client().origin);
        return new proto.ReadResponse();
    }
    const received = { ...receivedOutputs, ...receivedInputs };
    return new proto.ReadResponse()
        .setId(found.id)
        .setProperties(shownOutputs(definition, found.outputs, received))
        .setInputs(shownInputs(definition, found.inputs, received));
}

function nothingFound({ noun, importedBy }: ResourceDefinition, named: string, origin: string): ResourceError {
    return new ResourceError(
        `there is no ${noun} ${JSON.stringify(named)} on ${origin} that this account can see. It is found by ${importedBy}`,
    );
}

export async function update(
    { lifecycle }: Connection,
    request: proto.UpdateRequest,
    bounds: Bounds,
): Promise<proto.UpdateResponse> {
    const { definition, subject } = subjectOf(request.getUrn(), bounds);
    const received = fromStruct(request.getNews());
    const inputs = inputsOf(received, request.getUrn());
    const known = knownFrom(request.getOlds(), request.getOldInputs());
    const outputs = request.getPreview()
        ? lifecycle.preview(subject, known, inputs)
        : await whole(definition, received, () => lifecycle.update(subject, request.getId(), known, inputs));
    const marks = { ...fromStruct(request.getOlds()), ...received };
    return new proto.UpdateResponse().setProperties(shownOutputs(definition, outputs, marks));
}

export async function remove({ lifecycle }: Connection, request: proto.DeleteRequest, bounds: Bounds): Promise<Empty> {
    const { subject } = subjectOf(request.getUrn(), bounds);
    await lifecycle.delete(subject, request.getId(), knownFrom(request.getProperties(), request.getOldInputs()));
    return new Empty();
}
