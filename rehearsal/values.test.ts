import {
    compareKeys,
    markSecrets,
    masked,
    type Properties,
    plainReceiver,
    reducePropertiesTo,
    restoreContents,
    secret,
    signatureKey,
    unknown,
    withoutOutputValues,
} from "./values";

const asset = (fields: Properties): Properties => ({ [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", ...fields });
const reference = (fields: Properties): Properties => ({
    [signatureKey]: "5cf8f73096256a8f31e491e813e4eb8e",
    ...fields,
});

test("a provider gets what it can take", () => {
    const values = {
        password: secret("p"),
        list: ["x", secret({ y: secret("z") })],
        known: reference({ urn: "urn:a", id: "7" }),
        component: reference({ urn: "urn:b" }),
        coming: reference({ urn: "urn:c", id: "" }),
        file: asset({ path: "logo.png", hash: "abc" }),
    };
    expect(reducePropertiesTo({ ...plainReceiver, assetContents: false }, values)).toEqual({
        password: "p",
        list: ["x", { y: "z" }],
        known: "7",
        component: "urn:b",
        coming: unknown,
        file: asset({ hash: "abc" }),
    });
    expect(reducePropertiesTo({ secrets: true, references: true, assetContents: true }, values)).toEqual(values);
});

test("what comes back plain is marked again by path, a list as a whole", () => {
    const sent = { nested: { token: secret("t"), open: "o" }, list: ["x", secret("y")] };
    const received = { nested: { token: "t", open: "o" }, list: ["x", "y"], label: "new" };
    expect(markSecrets(received, sent)).toEqual({
        nested: { token: secret("t"), open: "o" },
        list: secret(["x", "y"]),
        label: "new",
    });
});

test("a hash that comes back finds its contents again", () => {
    const sent = { logo: asset({ path: "logo.png", hash: "abc" }) };
    const received = { logo: asset({ hash: "abc" }), other: asset({ hash: "def" }) };
    expect(restoreContents(received, sent)).toEqual({ ...sent, other: asset({ hash: "def" }) });
});

test("output values become what they hold", () => {
    const output = (fields: Properties) => ({ [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields });
    expect(withoutOutputValues([output({ value: 1 }), output({ value: 2, secret: true }), output({})])).toEqual([
        1,
        secret(2),
        unknown,
    ]);
});

test("changes are named by key, without the internal ones and without telling secrets apart", () => {
    const olds = { same: 1, changed: [1], gone: true, password: secret("old"), __provider: "old" };
    const news = { same: 1, changed: [2], added: null, password: secret("new"), __provider: "new" };
    expect(compareKeys(olds, news, masked)).toEqual({ added: ["added"], deleted: ["gone"], updated: ["changed"] });
});
