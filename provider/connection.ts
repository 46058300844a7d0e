/** What every front-end makes of a configuration: one client, made by the first call that needs it, and all kinds over it. */
import { ApiClient, type Log, type VerbClient } from "./api/client";
import type { Settings } from "./core/config";
import type { VerbContext } from "./core/define";
import { Lifecycle } from "./core/lifecycle";
import { Session } from "./core/session";
import { resourcesByKind } from "./resources";
import { userAgent } from "./user-agent";

/** Shows a message, of a resource where it is about one. */
export type ShowMessage = (...args: [...Parameters<Log>, urn?: string]) => void;

export class Connection {
    readonly session = new Session();
    readonly lifecycle: Lifecycle;
    #client: ApiClient | undefined;
    #formerOrigin: string | undefined;

    constructor(
        private readonly settings: () => Settings,
        readonly show: ShowMessage,
    ) {
        this.lifecycle = new Lifecycle({
            definitions: resourcesByKind,
            client: () => this.client(),
            formerOrigin: () => this.#formerOrigin,
            session: this.session,
            log: show,
        });
    }

    /** Settings are read by the first call, so that a preview needs none. */
    client(): ApiClient {
        this.#client ??= this.#connect();
        return this.#client;
    }

    /** Ends the connections to the service. */
    async close(): Promise<void> {
        await this.#client?.close();
    }

    #connect(): ApiClient {
        const settings = this.settings();
        this.#formerOrigin = settings.formerBaseUrl && new URL(settings.formerBaseUrl).origin;
        return newClient(settings, this.show, () => !this.session.hasChecked);
    }
}

export function newClient(settings: Settings, show: ShowMessage, fallbackAllowed?: () => boolean): ApiClient {
    return new ApiClient({
        ...settings,
        userAgent: userAgent(),
        log: (severity, message) => show(severity, message),
        ...(fallbackAllowed && { fallbackAllowed }),
    });
}

/** What a function works with. It reads anew whenever a program calls it. */
export function functionContext(client: VerbClient, show: ShowMessage): VerbContext {
    const session = new Session();
    return {
        client,
        warn: (message) => show("warning", message),
        info: (message) => show("info", message),
        remember: (question, work) => session.remember(question, work),
        isNew: () => false,
        renames: session.renames,
    };
}
