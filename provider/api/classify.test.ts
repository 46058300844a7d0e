import { classify } from "./classify";

test.each([
    [1605, "invalid"],
    [1607, "duplicate"],
    [1609, "not-found"],
    [1650, "unauthenticated"],
    [1651, "wrong-verb"],
    [1652, "not-found"],
    [1653, "not-found"],
    [1654, "server"],
    [1656, "limit"],
    [1658, "restricted"],
    [1660, "conflict"],
    [1664, "server"],
    [1667, "limit"],
    [1669, "exists"],
    [1670, "restricted"],
    [1671, "rate-limited"],
    [1677, "locked"],
    [1680, "denied"],
    [1685, "limit"],
    [1686, "not-implemented"],
    [10545, "denied"],
    [115069, "denied"],
    [10022, "invalid"],
    [10023, "invalid"],
    [10587, "restricted"],
])("code %i is %s, whatever the status", (code, expected) => {
    for (const status of [400, 401, 403, 404, 406, 409, 429, 500]) {
        expect(classify(status, [code])).toBe(expected);
    }
});

test.each([
    [400, "invalid"],
    [402, "limit"],
    [403, "denied"],
    [404, "not-found"],
    [405, "wrong-verb"],
    [406, "invalid"],
    [409, "conflict"],
    [412, "limit"],
    [413, "limit"],
    [418, "unknown"],
    [423, "locked"],
    [429, "rate-limited"],
    [500, "server"],
    [501, "not-implemented"],
    [503, "server"],
])("an unlisted code with status %i is %s", (status, expected) => {
    expect(classify(status, [195654])).toBe(expected);
    expect(classify(status, [])).toBe(expected);
});

test("an unlisted 401 is neither a bad token nor a denial until a token check tells", () => {
    expect(classify(401, [195654])).toBe("unknown");
});

test("an unknown route is a 404 that says nothing about the object", () => {
    expect(classify(404, [9992])).toBe("not-implemented");
});

test("a second code counts where the first is not listed", () => {
    expect(classify(401, [195654, 1680])).toBe("denied");
});

test("the framework's own code counts where the status is no failure", () => {
    expect(classify(200, [405])).toBe("wrong-verb");
    expect(classify(200, [503])).toBe("server");
});
