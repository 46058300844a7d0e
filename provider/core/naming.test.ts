import { generatedName, logicalName } from "./naming";

const urn = (name: string) => `urn:pulumi:dev::project::parent:index:Kind$fastio:index:Workspace::${name}`;
const nameOf = (name: string, longest = 80, attempt = 0) =>
    generatedName(urn(name), "1", "workspace", longest, attempt);

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

test("3.9 each further attempt has another suffix, the same in every run", () => {
    const names = [0, 1, 2, 3, 4].map((attempt) => nameOf("design", 80, attempt));
    expect(new Set(names).size).toBe(5);
    expect(names).toEqual([0, 1, 2, 3, 4].map((attempt) => nameOf("design", 80, attempt)));
});
