import { building, roomKind, urnOf } from "../../tests/verbs/toy-room";
import { inputsOf, isInternal, isOurs, outputsOf, projectInputs, toState, withoutInternal } from "./state";

const room = roomKind();
const origin = "https://api.fast.io";

describe("3.1 the way into the state", () => {
    test("undefined never gets there, at whatever depth", () => {
        const state = toState({ a: undefined, b: { c: undefined, d: [undefined, { e: undefined }] } });
        expect(state).toStrictEqual({ b: { d: [null, {}] } });
    });

    test("a property that is empty on the service is absent", () => {
        expect(toState({ a: null, b: 0, c: false, d: "" })).toStrictEqual({ b: 0, c: false, d: "" });
    });

    test("null within free JSON is a value, and stays", () => {
        expect(toState({ notes: { a: null, b: [null] } })).toStrictEqual({ notes: { a: null, b: [null] } });
    });
});

test("what is the provider's own", () => {
    expect(isInternal("__service")).toBe(true);
    expect(isInternal("service")).toBe(false);
    expect(withoutInternal({ __resource: "urn", name: "a" })).toEqual({ name: "a" });
    expect(["password", "forceDestroy"].every((name) => isOurs(room, name))).toBe(true);
    expect(isOurs(room, "name")).toBe(false);
});

describe("outputs", () => {
    test("what the service shows, what was declared in the form that it would show where it shows nothing, and the origin", () => {
        const inputs = {
            name: "Red",
            password: "hidden",
            forceDestroy: true,
            colour: "#FF0000",
            __resource: urnOf("r"),
        };
        const remote = { name: "Red room", password: "masked", size: 12, url: "u", opens: null };
        expect(outputsOf(room, inputs, remote, origin)).toStrictEqual({
            name: "Red room",
            password: "hidden",
            forceDestroy: true,
            colour: "#ff0000",
            size: 12,
            url: "u",
            __service: origin,
        });
    });
});

describe("3.4 inputs after a read", () => {
    const inputs = {
        buildingId: building,
        name: "Red",
        code: "red",
        colour: "#FF0000",
        opens: "2027-03-01 12:00:00",
        password: "hidden",
        forceDestroy: true,
        __resource: urnOf("r"),
    };
    const outputs = { ...inputs, code: "acme-red", colour: "#ff0000", opens: "2027-03-01T12:00:00Z" };
    const remote = { ...outputs, size: 12, password: "other", url: "u" };
    const project = (changes: Record<string, unknown>) =>
        projectInputs(room, { inputs, outputs }, { ...remote, ...changes });

    test("keep their declared form while the service shows what it showed after our last write", () => {
        expect(project({})).toStrictEqual(inputs);
    });

    test("take the service's value where it differs from that, and only there", () => {
        expect(project({ name: "By hand" })).toStrictEqual({ ...inputs, name: "By hand" });
        expect(project({ code: "red" })).toStrictEqual({ ...inputs, code: "red" });
    });

    test("lose what was emptied by hand", () => {
        expect(project({ colour: null })).not.toHaveProperty("colour");
    });

    test("take the same value in another form for the same", () => {
        expect(project({ opens: "2027-03-01T14:00:00+02:00" })).toStrictEqual(inputs);
    });

    test("keep what only the program knows, and what the answer did not hold", () => {
        const { name: _, ...partial } = remote;
        expect(projectInputs(room, { inputs, outputs }, { ...partial, password: "by hand" })).toStrictEqual(inputs);
    });

    test("hold a marker for a value that is never read back, when the service shows that there is none", () => {
        expect(project({ password: null })).toHaveProperty("password", { __declared: "hidden" });
        expect(outputsOf(room, inputs, { ...remote, password: null }, origin)).not.toHaveProperty("password");
    });

    test("3.2 take up an access that nobody declared, where it is not the default that is not sent", () => {
        expect(project({ doors: "open" })).toStrictEqual({ ...inputs, doors: "open" });
        for (const doors of ["shut", null]) expect(project({ doors })).toStrictEqual(inputs);
    });

    test("3.2 never take up what was not declared", () => {
        expect(project({ size: 99 })).not.toHaveProperty("size");
    });

    test("3.11 never write what identifies the object", () => {
        const identified = roomKind();
        const email = identified.inputs.shape.contact;
        if (email === undefined) throw new Error("the toy kind has no contact");
        identified.inputs = identified.inputs.extend({
            contact: email.meta({ ...email.meta(), identity: true }),
        });
        const known = { inputs: { contact: "A@x.org" }, outputs: { contact: "a@x.org" } };
        expect(projectInputs(identified, known, { contact: "other@x.org" })).toEqual({ contact: "A@x.org" });
    });

    test("of an object that no program declared yet: all that the service shows of them", () => {
        expect(inputsOf(room, { name: "Red", size: 12, url: "u", colour: null })).toStrictEqual({
            name: "Red",
            size: 12,
        });
    });
});
