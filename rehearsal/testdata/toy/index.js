// A program that declares what the environment describes, so that a test says in one place what it runs.
const fs = require("node:fs");
const pulumi = require("@pulumi/pulumi");

/** The provider text is a constant: nothing is serialised. */
const providerText = (kind) => `exports.handler = () => require(process.cwd() + "/kind.js").provider("${kind}");`;

class Thing extends pulumi.CustomResource {
    constructor(kind, name, inputs, options) {
        super(
            `pulumi-nodejs:dynamic/toy:${kind}`,
            name,
            { label: undefined, ...inputs, __provider: providerText(kind) },
            options,
        );
    }
}

class Group extends pulumi.ComponentResource {
    constructor(name, inputs, options) {
        super("toy:index:Group", name, inputs, options);
        for (const child of inputs.children ?? []) {
            new Thing("Thing", child, { name: inputs.inner ?? child }, { parent: this });
        }
    }
}

fs.appendFileSync(`${process.env.TOY_LOG}.programs`, pulumi.runtime.isDryRun() ? "preview\n" : "real\n");
const { resources = [], outputs = {}, last, stackTransform } = JSON.parse(process.env.TOY_PROGRAM);
const made = {};

/** Options refer to other resources by name, or to the stack's. */
const referring = {
    deletedWith: resolve,
    replaceWith: (names) => names.map(resolve),
    aliases: (list) => list.map(alias),
};

function alias(given) {
    if (typeof given === "string" || given.parent === undefined) return given;
    return { ...given, parent: given.parent === "stack" ? pulumi.rootStackResource : resolve(given.parent) };
}

/** Functions that a program in JSON can only name. */
const transforms = {
    sized: ({ props, opts }) => ({ props: { ...props, size: 7 }, opts }),
    retained: ({ props, opts, custom }) => (custom ? { props, opts: { ...opts, retainOnDelete: true } } : undefined),
    imported: ({ props, opts }) => ({ props, opts: { ...opts, import: "thing-7" } }),
};

/** `$name.property` stands for an output, `{secret: …}` for a secret, `{asset: …}` for a file. */
function resolve(value) {
    if (typeof value === "string" && value.startsWith("$")) {
        const [name, property] = value.slice(1).split(".");
        return property === undefined ? made[name] : made[name][property];
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    if ("secret" in value) return pulumi.secret(resolve(value.secret));
    if ("asset" in value) return new pulumi.asset.FileAsset(value.asset);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}

if (stackTransform) pulumi.runtime.registerResourceTransform(transforms[stackTransform]);

function declare({ name, kind = "Thing", inputs = {}, dependsOn = [], parent, ...options }) {
    const all = { ...options, dependsOn: dependsOn.map(resolve), ...(parent && { parent: resolve(parent) }) };
    for (const [option, read] of Object.entries(referring)) if (all[option]) all[option] = read(all[option]);
    if (all.hooks) all.hooks = { afterCreate: [new pulumi.ResourceHook(`after ${name}`, () => {})] };
    if (all.transforms) all.transforms = all.transforms.map((one) => transforms[one]);
    made[name] = kind === "Group" ? new Group(name, resolve(inputs), all) : new Thing(kind, name, resolve(inputs), all);
    if (kind === "Group") made[name].registerOutputs({ title: inputs.title });
}

/** With `onceKnown`, a resource is declared only when that output has a value. */
for (const { onceKnown, ...declared } of resources) {
    if (onceKnown) resolve(onceKnown).apply(() => declare(declared));
    else declare(declared);
}
Object.assign(exports, resolve(outputs));

if (last === "throw") throw new Error("the program gives up");
if (last === "exit") process.exit(3);
if (last === "invoke") pulumi.runtime.invoke("toy:index:lookup", {});
if (last === "lookup") pulumi.runtime.invoke("pulumi-nodejs:index:lookup", {});
if (last === "print") {
    console.log(`the token is ${new pulumi.Config("toy").require("token")}`);
    pulumi.log.warn("mind the gap");
}
