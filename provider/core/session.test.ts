import { Session } from "./session";

test("4.3 it knows whether anything was checked, and what", () => {
    const session = new Session();
    expect(session.hasChecked).toBe(false);
    session.noteCheck("a");
    expect([session.hasChecked, session.wasChecked("a"), session.wasChecked("b")]).toEqual([true, true, false]);
});

test("3.16 creates that are planned, by group, until they begin", () => {
    const session = new Session();
    for (const resource of ["a", "b", "b"]) session.planCreate("Room 1", resource);
    session.planCreate("Room 2", "c");
    expect(session.plannedCreates("Room 1")).toBe(2);
    session.beginCreate("Room 1", "a");
    session.beginCreate("Room 3", "a");
    expect(["Room 1", "Room 2", "Room 3"].map((group) => session.plannedCreates(group))).toEqual([1, 1, 0]);
});

test("3.10 an object that was touched is known by each of its names", () => {
    const session = new Session();
    const owner = { role: "guest" };
    session.touch(["1/ann@x.org", "1/1001"], owner);
    expect(session.ownerOf(["1/1001"])).toBe(owner);
    expect(session.ownerOf(["2/1001", "1/ann@x.org"])).toBe(owner);
    expect(session.ownerOf(["2/1001"])).toBeUndefined();
});

describe("an answer is remembered", () => {
    test("once asked, also by two at a time", async () => {
        const session = new Session();
        const work = jest.fn(async () => "answer");
        expect(await Promise.all([session.remember("q", work), session.remember("q", work)])).toEqual([
            "answer",
            "answer",
        ]);
        expect(await session.remember("other", work)).toBe("answer");
        expect(work).toHaveBeenCalledTimes(2);
    });

    test("but not a failure", async () => {
        const session = new Session();
        await expect(session.remember("q", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
        expect(await session.remember("q", async () => "answer")).toBe("answer");
    });
});

test("3.8 one at a time under one name, in order, a failure not holding up the next; others meanwhile", async () => {
    const session = new Session();
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = session.exclusively("a", async () => {
        steps.push("first");
        await gate.promise;
        steps.push("first ends");
        throw new Error("no");
    });
    const second = session.exclusively("a", async () => steps.push("second"));
    await session.exclusively("b", async () => steps.push("other"));
    gate.resolve();
    await expect(first).rejects.toThrow("no");
    await second;
    expect(steps).toEqual(["first", "other", "first ends", "second"]);
});
