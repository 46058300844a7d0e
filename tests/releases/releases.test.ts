/** What a release wrote, met by the present code: nothing to do, nothing lost by a refresh, everything changed, everything gone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Column, fewerColumns } from "../lifecycle/columns";
import { Fixture, type Ledgered } from "../lifecycle/fixture";
import { frontEnds, type Recording, recordingOf, releases, writeRows } from "./release";

jest.setTimeout(300_000);

const isOf = (frontEnd: string) => (column: Column) =>
    column.entry === (frontEnd === "plugin" ? "pulumi-fastio/plugin" : "pulumi-fastio");
const all = releases().flatMap((release) =>
    frontEnds.flatMap((frontEnd) =>
        fewerColumns()
            .filter(isOf(frontEnd))
            .map(({ name, engine }) => ({ name: `${release} on ${name}`, release, frontEnd, engine })),
    ),
);

describe.each(all)("$name", ({ release, frontEnd, engine }) => {
    let recording: Recording;
    let it_: Fixture;
    let folder: string;
    let count: number;

    beforeAll(async () => {
        recording = recordingOf(release, frontEnd);
        const { files, declared, state, service } = recording;
        folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-release-"));
        const data = join(folder, "service.sqlite");
        await writeRows(data, service.tables);
        const { dialect, time } = service;
        it_ = await Fixture.open(engine, undefined, { files, service: { data, dialect, clock: () => time } });
        it_.declare(declared);
        await it_.stack.importStack(state);
        count = custom(state.deployment.resources).length;
    });
    afterAll(async () => {
        await it_?.close();
        rmSync(folder, { recursive: true, force: true });
    });

    test("a preview shows nothing to do and makes no request", async () => {
        const requests = await it_.requestsOf(async () => {
            const { changeSummary, stdout } = await it_.stack.preview();
            expect(Object.keys(changeSummary).join() === "same" ? "" : stdout).toBe("");
        });
        expect(requests).toEqual([]);
    });

    test("a refresh finds everything as it is, writes nothing, and leaves nothing to do", async () => {
        const requests = await it_.requestsOf(async () => {
            const { summary, stdout } = await it_.stack.refresh();
            expect(Object.keys(summary.resourceChanges ?? {}).join() === "same" ? "" : stdout).toBe("");
        });
        expect(requests.filter(({ effect }) => effect !== "read")).toEqual([]);
        const { changeSummary, stdout } = await it_.stack.preview();
        expect(Object.keys(changeSummary).join() === "same" ? "" : stdout).toBe("");
    });

    test("an update changes everything that can change, and nothing is made anew but a token", async () => {
        it_.declare(recording.changed);
        const { summary } = await it_.stack.up();
        const { create, replace, delete: removed } = summary.resourceChanges ?? {};
        expect([create, replace, removed]).toEqual([undefined, 1, undefined]);
        expect(summary.resourceChanges?.update).toBeGreaterThan(12);
        expect(custom((await it_.stack.exportStack()).deployment.resources)).toHaveLength(count);
        expect(Object.keys((await it_.stack.preview()).changeSummary)).toEqual(["same"]);
    });

    test("a destroy leaves nothing of what the release had made", async () => {
        const requests = await it_.requestsOf(() => it_.stack.destroy());
        const kinds = (ledger: readonly Ledgered[], effect: string) =>
            ledger
                .filter((entry) => entry.effect === effect)
                .map(({ kind }) => kind)
                .sort();
        expect(kinds(requests, "deleted")).toEqual(kinds(recording.ledger, "created"));
        expect(Object.values(await it_.census()).every((left) => left === 0)).toBe(true);
    });
});

function custom(resources: readonly { custom: boolean }[] = []) {
    return resources.filter((resource) => resource.custom);
}
