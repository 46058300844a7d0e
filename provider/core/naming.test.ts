import { logicalName, ownNames } from "./naming";

const urn = (name: string) => `urn:pulumi:dev::project::parent:index:Kind$fastio:index:Workspace::${name}`;
const namesOf = (name: string, proposal?: string) => ownNames(urn(name), "1", "workspace", 80, proposal);
const nameOf = (name: string) => namesOf(name).first;

test("the logical name is the last part of the URN, with what it may hold", () => {
    expect(logicalName(urn("design files"))).toBe("design files");
    expect(logicalName(urn("a:b/c"))).toBe("a:b/c");
});

describe("3.9 slugs satisfy the contract: 4 to 80 letters, digits and hyphens", () => {
    test.each([
        ["design", /^design-[0-9a-f]{7}$/],
        ["a", /^a-[0-9a-f]{7}$/],
        ["Design Files (2026)", /^design-files-2026-[0-9a-f]{7}$/],
        ["--x--", /^x-[0-9a-f]{7}$/],
        ["日本語", /^日本語-[0-9a-f]{7}$/],
        ["Проект № 7", /^проект-7-[0-9a-f]{7}$/],
        ["İstanbul", /^i-stanbul-[0-9a-f]{7}$/],
        ["…", /^workspace-[0-9a-f]{7}$/],
        ["🎉", /^workspace-[0-9a-f]{7}$/],
        ["x".repeat(300), /^x{72}-[0-9a-f]{7}$/],
        ["𝒜".repeat(300), /^𝒜{72}-[0-9a-f]{7}$/u],
        [`${"x".repeat(71)} y`, /^x{71}-[0-9a-f]{7}$/],
    ])("%s", (name, expected) => {
        const generated = nameOf(name);
        expect(generated).toMatch(expected);
        expect(generated).toMatch(/^[\p{L}\p{N}-]{4,80}$/u);
        expect([...generated].length).toBeLessThanOrEqual(80);
    });

    test("composed and decomposed letters give one name", () => {
        expect(nameOf("Zürich".normalize("NFD")).split("-")[0]).toBe(nameOf("Zürich".normalize("NFC")).split("-")[0]);
    });
});

describe("3.9 further names", () => {
    test.each(["design", "a", "日本語", "…", "x".repeat(300), `${"x".repeat(66)} y`])(
        "of %s: all different, in the form of names, and known as its own by every run",
        (name) => {
            const others = Array.from({ length: 50 }, () => namesOf(name).another());
            expect(new Set(others).size).toBe(50);
            for (const other of [nameOf(name), ...others]) {
                expect(other).toMatch(/^[\p{L}\p{N}-]{4,80}$/u);
                expect(namesOf(name).isOwn(other)).toBe(true);
                expect(namesOf(`${name}2`).isOwn(other)).toBe(false);
                expect(ownNames(urn(name), "2", "workspace", 80).isOwn(other)).toBe(false);
            }
        },
    );

    test("what only looks like them is somebody else's", () => {
        const { first, isOwn } = namesOf("design");
        for (const name of [`${first}-2`, `${first}xyzxyz`, `${first}12345`, `x${first}`, "design", "design-123456"])
            expect(isOwn(name)).toBe(false);
    });

    test("a proposal is the first, and the others hold the hash as well", () => {
        const { first, another, isOwn } = namesOf("design", "Acme-Design");
        expect(first).toBe("Acme-Design");
        expect(another()).toMatch(/^Acme-Design-[0-9a-f]{13}$/);
        expect([isOwn(first), isOwn(another()), isOwn("Acme-Design-0123456789abc")]).toEqual([true, true, false]);
    });
});
