/** Assets: what counts as one, how a state holds them, and their bytes from wherever they are. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import {
    type AssetContent,
    asset,
    decodeAsset,
    hashedAsset,
    textAsset,
    withAssets,
    withContent,
    withoutAssets,
} from "./assets";

const bytes = Buffer.from(Uint8Array.from({ length: 300 }, (_, index) => index % 256));
const sha256 = hashOf(bytes);
let folder: string;

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "assets-test-"));
    writeFileSync(join(folder, "logo.png"), bytes);
    writeFileSync(join(folder, "empty"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hashOf(data: string | Buffer): string {
    return createHash("sha256").update(data).digest("hex");
}

/** As the engine sends it. */
const wire = (fields: object) => ({
    "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
    ...fields,
});

const readAll = (content: AssetContent) => buffer(Readable.from(content.open()));

describe("the wire form", () => {
    test.each([
        [{ path: "a/logo.png", hash: "h" }, { path: "a/logo.png" }],
        [{ text: "<svg/>", hash: "h" }, { text: "<svg/>" }],
        [{ uri: "https://example.com/logo.png", hash: "h" }, { uri: "https://example.com/logo.png" }],
        [{ hash: "h" }, undefined],
    ])("%j", (fields, source) => {
        expect(decodeAsset(wire(fields))).toEqual({ sha256: "h", source });
    });

    test("empty text is known by its hash", () => {
        expect(decodeAsset(wire({ hash: hashOf("") }))?.source).toEqual({ text: "" });
    });

    test.each([
        undefined,
        null,
        "logo.png",
        { path: "logo.png", hash: "h" },
        wire({ path: "logo.png" }),
        { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", path: "folder", hash: "h" },
    ])("%j is no asset, and refused with what to write", (value) => {
        expect(decodeAsset(value)).toBeUndefined();
        expect(asset().safeParse(value).error?.issues[0]?.message).toContain("new pulumi.asset.FileAsset(");
    });

    test("text has the engine's hash, and assets are equal by it", () => {
        expect(textAsset("hello")).toEqual(wire({ text: "hello", hash: hashOf("hello") }));
        const { normalise } = asset().meta() ?? {};
        expect(normalise?.(textAsset("hello"))).toBe(normalise?.(hashedAsset(hashOf("hello"))));
        expect(z.object({ logo: asset().optional() }).safeParse({}).success).toBe(true);
    });
});

test("within outputs a state holds hashes, and nothing that the engine takes for an asset", () => {
    const inputs = { name: "acme", logo: textAsset("hello"), ownerDefined: { nested: [1] } };
    const held = withoutAssets(inputs);
    expect(JSON.stringify(held)).not.toMatch(/hello"|4dabf/);
    expect(withAssets(held)).toEqual({ ...inputs, logo: hashedAsset(hashOf("hello")) });
});

describe("bytes", () => {
    test("of text", async () => {
        const got = await withContent({ sha256: "", source: { text: "ünï" } }, async (content) => [
            content.name,
            content.size,
            (await readAll(content)).toString(),
        ]);
        expect(got).toEqual([undefined, 5, "ünï"]);
    });

    test("of a file, from the folder of the process, whole or in part, again and again", async () => {
        const path = relative(process.cwd(), join(folder, "logo.png"));
        await withContent({ sha256, source: { path } }, async (content) => {
            expect([content.name, content.size]).toEqual(["logo.png", 300]);
            expect(await readAll(content)).toEqual(bytes);
            expect(await readAll(content)).toEqual(bytes);
            expect(await buffer(Readable.from(content.open(100, 103)))).toEqual(bytes.subarray(100, 103));
        });
    });

    test("of an empty file", async () => {
        const source = { path: join(folder, "empty") };
        expect(await withContent({ sha256: hashOf(""), source }, readAll)).toHaveLength(0);
    });

    test("of a file: address", async () => {
        const source = { uri: pathToFileURL(join(folder, "logo.png")).href };
        expect(await withContent({ sha256, source }, readAll)).toEqual(bytes);
    });

    test("of the web, and nothing of it stays", async () => {
        const server = createServer((request, response) => {
            if (request.url === "/old/logo.png?key=canary") response.writeHead(302, { location: "/logo.png" }).end();
            else if (request.url === "/logo.png") response.end(bytes);
            else response.writeHead(410).end();
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith("pulumi-fastio-"));
        const before = temporary();
        try {
            const source = { uri: `${origin}/old/logo.png?key=canary` };
            const got = await withContent({ sha256, source }, async (content) => [
                content.name,
                await readAll(content),
            ]);
            expect(got).toEqual(["logo.png", bytes]);
            const gone = withContent({ sha256, source: { uri: `${origin}/gone?key=canary` } }, readAll);
            await expect(gone).rejects.toThrow(`the asset ${origin}/gone cannot be fetched: it answers HTTP 410`);
            expect(temporary()).toEqual(before);
        } finally {
            server.close();
        }
    });

    test("that are not those which Pulumi saw are not sent", async () => {
        const source = { path: join(folder, "logo.png") };
        await expect(withContent({ sha256: "other", source }, readAll)).rejects.toThrow(
            "changed after Pulumi had read it",
        );
    });

    test.each([
        [{ path: "nowhere.png" }, /^the asset nowhere\.png cannot be read: .*ENOENT/],
        [{ uri: "nowhere" }, 'the asset\'s address "nowhere" is not a URL'],
        [undefined, "the hash of an asset without its contents"],
    ])("of %j: %s", async (source, message) => {
        await expect(withContent({ sha256, source }, readAll)).rejects.toThrow(message);
    });
});
