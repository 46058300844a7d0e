/** Front-end 2: the provider as Pulumi's engine calls it, for programs in any language. One instance has one configuration. */
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { manifest } from "../../require-node";
import { Connection, functionContext } from "../connection";
import { withoutValues } from "../core/check";
import { readSettings, type StackConfig } from "../core/config";
import { configuration, configurationFailures } from "../core/configuration";
import { type Properties, schemaMeta } from "../core/define";
import { callFunction, functionFailures } from "../core/define-function";
import { ResourceError } from "../core/errors";
import type { Bounds } from "../core/lifecycle";
import { isInternal } from "../core/state";
import { nameIn } from "../core/token";
import { containsUnknown } from "../core/unknown";
import { functionsByName } from "../functions";
import { checkAnswer, configDiffAnswer, failureList } from "./answers";
import { EngineLog } from "./engine-log";
import { containsSecret, fromStruct, plainProperties, secretValue, toStruct, withSecrets } from "./values";

export class Plugin {
    readonly log = new EngineLog();
    #configured = Promise.withResolvers<Connection>();
    #current: Connection | undefined;

    constructor(private readonly environment: NodeJS.ProcessEnv) {}

    /** The configuration; calls that come before it wait. */
    connection(): Promise<Connection> {
        return this.#configured.promise;
    }

    async close(): Promise<void> {
        this.log.close();
        await this.#current?.close();
    }

    async handshake(request: proto.ProviderHandshakeRequest): Promise<proto.ProviderHandshakeResponse> {
        this.log.connect(request.getEngineAddress());
        return new proto.ProviderHandshakeResponse()
            .setAcceptSecrets(true)
            .setAcceptResources(true)
            .setAcceptOutputs(false)
            .setSupportsAutonamingConfiguration(true);
    }

    async getPluginInfo(): Promise<PluginInfo> {
        return new PluginInfo().setVersion(manifest.version);
    }

    async getSchema(): Promise<proto.GetSchemaResponse> {
        // Only code generation and the documentation ask for it: no other start pays for it.
        const schema: unknown = require("../../schema.json");
        return new proto.GetSchemaResponse().setSchema(JSON.stringify(schema));
    }

    async checkConfig(request: proto.CheckRequest): Promise<proto.CheckResponse> {
        const received = fromStruct(request.getNews());
        const settings = settingsIn(received);
        const inputs = withSecrets(received, configuration.shape);
        // The engine hands over secrets without their marks.
        return checkAnswer(
            inputs,
            withoutValues(configurationFailures(settings), received, () => true),
        );
    }

    async diffConfig(request: proto.DiffRequest): Promise<proto.DiffResponse> {
        const olds = settingsIn(fromStruct(request.getOldInputs() ?? request.getOlds()));
        const news = settingsIn(fromStruct(request.getNews()));
        const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
        return configDiffAnswer(names.filter((name) => containsUnknown(news[name]) || olds[name] !== news[name]));
    }

    async configure(request: proto.ConfigureRequest): Promise<proto.ConfigureResponse> {
        const settings = settingsIn(fromStruct(request.getArgs()));
        const isDefault = /::default(_[^:]*)?$/.test(request.getUrn() ?? "");
        const connection = new Connection(
            () => readSettings(...this.#sources(settings, isDefault)),
            (severity, message, urn) => this.log.show(severity, message, urn),
        );
        // A plugin that a debugger started serves one run after the other.
        if (this.#current !== undefined) this.#configured = Promise.withResolvers();
        this.#current = connection;
        this.#configured.resolve(connection);
        return new proto.ConfigureResponse()
            .setAcceptsecrets(true)
            .setAcceptresources(true)
            .setAcceptoutputs(false)
            .setSupportspreview(true)
            .setSupportsAutonamingConfiguration(true);
    }

    /**
     * What the engine hands over, then the stack's configuration as it is now, then the environment. What a default provider is
     * handed is the stack's configuration as well: in a refresh or a destroy, as the last update stored it.
     */
    #sources(settings: Properties, isDefault: boolean): Parameters<typeof readSettings> {
        const handed = stackConfigOf(isDefault ? settings : withoutFilledIn(settings, this.environment));
        const now = stackConfigOf(JSON.parse(this.environment.PULUMI_CONFIG || "{}"));
        const isStale = ["token", "email", "password"].some((key) => handed(key) !== now(key));
        if (isDefault && !isStale) return [handed, this.environment];
        const name = isDefault
            ? "the stack configuration as the last `pulumi up` stored it (fastio:token, or fastio:email and fastio:password)"
            : "the provider's arguments (token, or email and password)";
        return [now, this.environment, { name, get: handed }];
    }

    async invoke(request: proto.InvokeRequest, bounds: Bounds): Promise<proto.InvokeResponse> {
        const token = request.getTok();
        const definition = functionsByName.get(nameIn(token) ?? "");
        if (definition === undefined)
            throw new ResourceError(`there is no function ${JSON.stringify(token)} in this version of pulumi-fastio`);
        const received = fromStruct(request.getArgs());
        const args = plainProperties(received);
        const unknown = Object.keys(args).filter((name) => containsUnknown(args[name]));
        const failures = [
            ...unknown.map((property) => ({ property, reason: "is not known yet" })),
            ...functionFailures(definition, args),
        ];
        const answer = new proto.InvokeResponse().setFailuresList(failureList(failures));
        if (failures.length > 0) return answer;
        const connection = await this.connection();
        connection.session.noteProgram();
        const client = () => connection.client().within(bounds.end, bounds.last);
        const found = await callFunction(definition, () => functionContext(client(), connection.show), args);
        // What was found by a secret tells of it.
        const isSecret = containsSecret(received);
        const shown = Object.entries(found).map(([name, value]) => [name, isSecret ? secretValue(value) : value]);
        return answer.setReturn(toStruct(Object.fromEntries(shown)));
    }
}

/** The settings among a provider's inputs, which hold the engine's own as well. */
function settingsIn(inputs: Properties): Properties {
    const isSetting = ([name, value]: [string, unknown]) =>
        value !== null && !isInternal(name) && !["version", "pluginDownloadURL"].includes(name);
    return Object.fromEntries(Object.entries(plainProperties(inputs)).filter(isSetting));
}

/**
 * An SDK that is made of the schema fills in from the environment what a program leaves out. A token from there must not win
 * over the e-mail and password that the program gives: it may be another account's.
 */
function withoutFilledIn(settings: Properties, environment: NodeJS.ProcessEnv): Properties {
    const { token, ...rest } = settings;
    const variables = schemaMeta(configuration.shape.token).environment ?? [];
    const isFilledIn = variables.some((name) => environment[name] === token);
    const isSignIn = rest.email !== undefined && rest.password !== undefined && rest.email !== environment.FASTIO_EMAIL;
    return isFilledIn && isSignIn ? rest : settings;
}

function stackConfigOf(settings: Properties): StackConfig {
    return (key) => {
        const value = settings[key];
        if (containsUnknown(value))
            throw new ResourceError(
                `the provider's ${key} is not known before \`pulumi up\`, so nothing can be asked yet`,
            );
        return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
    };
}
