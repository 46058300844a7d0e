// What the recorded program 14 does not show: contents behind a URI, and what has no hash.

import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unsupportedArchive, withHashes } from "./assets";
import { type Properties, signatureKey } from "./values";

const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-assets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const asset = (fields: Properties): Properties => ({ [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", ...fields });
const archive = (fields: Properties): Properties => ({ [signatureKey]: "0def7320c3a5731c473e5ecbe6d01bc7", ...fields });

test("what is behind a URI is hashed as the bytes that it answers", async () => {
    const server = createServer((request, response) => {
        response.statusCode = request.url === "/missing.zip" ? 404 : 200;
        response.end("hello");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;
    writeFileSync(join(folder, "packed.tgz"), "hello");
    const local = pathToFileURL(join(folder, "packed.tgz")).href;
    const hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    try {
        expect(
            await withHashes(
                {
                    text: asset({ uri: at("note.txt") }),
                    zip: archive({ uri: at("a.zip?version=2"), __pulumiArchive: true }),
                    local: archive({ uri: local }),
                },
                folder,
            ),
        ).toEqual({
            text: asset({ uri: at("note.txt"), hash }),
            zip: archive({ uri: at("a.zip?version=2"), hash }),
            local: archive({ uri: local, hash }),
        });
        await expect(withHashes({ a: archive({ uri: at("missing.zip") }) }, folder)).rejects.toThrow(
            `failed to compute asset hash for "a": ${at("missing.zip")} answered 404`,
        );
        await expect(withHashes({ a: archive({ uri: at("page") }) }, folder)).rejects.toThrow(
            "is not a recognized archive format",
        );
    } finally {
        server.close();
    }
});

test("links to files are files, and links to folders are left out", async () => {
    const [one, other] = ["one", "other"].map((name) => mkdtempSync(join(folder, name))) as [string, string];
    writeFileSync(join(one, "a.txt"), "A");
    symlinkSync(join(one, "a.txt"), join(other, "a.txt"));
    symlinkSync(one, join(other, "folder"));
    const hashes = await withHashes({ one: archive({ path: one }), other: archive({ path: other }) }, folder);
    expect((hashes.other as Properties).hash).toBe((hashes.one as Properties).hash);
    await expect(withHashes({ a: archive({ path: join(one, "a.txt") }) }, folder)).rejects.toThrow(
        "is neither a recognized archive type nor a directory",
    );
});

test("an archive file within an archive is named", () => {
    const inner = archive({ assets: { "lib.zip": archive({ path: "lib.zip" }) } });
    expect(unsupportedArchive({ list: [archive({ assets: { inner } })] })).toBe(
        "archive files within an archive (`lib.zip`)",
    );
    expect(unsupportedArchive({ zip: archive({ path: "a.zip" }), folder: archive({ assets: {} }) })).toBeUndefined();
});
