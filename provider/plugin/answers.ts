/** Answers to the engine, from what the core says. */
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { CheckFailure } from "../core/check";
import type { Properties } from "../core/define";
import type { DetailedDifference, DiffResult } from "../core/diff";
import { toStruct } from "./values";

const { DiffChanges } = proto.DiffResponse;
const { Kind } = proto.PropertyDiff;

const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
} as const;

export function checkAnswer(inputs: Properties, failures: readonly CheckFailure[]): proto.CheckResponse {
    return new proto.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(failureList(failures));
}

export function failureList(failures: readonly CheckFailure[]): proto.CheckFailure[] {
    return failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason));
}

/** The difference with all its paths; `stable` names the outputs that no update changes. */
export function diffAnswer(result: DiffResult, stable: readonly string[]): proto.DiffResponse {
    const { changes, details, replaces, deleteBeforeReplace } = result;
    return detailed(changes, details)
        .setReplacesList([...replaces])
        .setDeletebeforereplace(deleteBeforeReplace)
        .setStablesList([...stable]);
}

/** The difference of two configurations. It never replaces: that would replace every resource. */
export function configDiffAnswer(changed: readonly string[]): proto.DiffResponse {
    const details = changed.map((path) => ({ path, kind: "update" as const, replace: false, ofInputs: true }));
    return detailed(changed.length > 0, details);
}

function detailed(changes: boolean, details: readonly DetailedDifference[]): proto.DiffResponse {
    const answer = new proto.DiffResponse()
        .setChanges(changes ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE)
        .setHasdetaileddiff(true);
    for (const { path, kind, replace, ofInputs } of details) {
        const difference = new proto.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]).setInputdiff(ofInputs);
        answer.getDetaileddiffMap().set(path, difference);
    }
    const properties = details.map(({ path }) => path.split(/[.[]/, 1)[0] ?? path);
    return answer.setDiffsList([...new Set(properties)]);
}
