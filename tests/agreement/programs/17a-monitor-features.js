const pulumi = require("@pulumi/pulumi");
const settings = require("@pulumi/pulumi/runtime/settings");
const { SupportsFeatureRequest } = require("@pulumi/pulumi/proto/resource_pb");

const features = [
    "secrets",
    "resourceReferences",
    "outputValues",
    "aliasSpecs",
    "deletedWith",
    "replaceWith",
    "transforms",
    "invokeTransforms",
    "parameterization",
    "resourceHooks",
    "errorHooks",
    "sendsOptionsToHooks",
    "byteString",
    "invokeDependsOn",
    "replacementTrigger",
    "stateMigrations",
    "nonsense",
];

module.exports = async () => {
    if (process.env.PHASE === "version") await pulumi.requirePulumiVersion(">=99.0.0");
    if (process.env.PHASE === "versionok") await pulumi.requirePulumiVersion(">=3.0.0");
    const has = (feature) =>
        new Promise((done, fail) => {
            settings
                .getMonitor()
                .supportsFeature(new SupportsFeatureRequest().setId(feature), (error, answer) =>
                    error ? fail(error) : done(answer.getHassupport()),
                );
        });
    return Object.fromEntries(await Promise.all(features.map(async (feature) => [feature, await has(feature)])));
};
