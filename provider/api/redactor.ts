// The one place that keeps tokens and passwords out of every text that leaves the client.

const mask = "[secret]";
const secretKey = /password|token|secret|api_?key|authorization|invitation_?key/i;

/** Whether a form or query key holds a secret, so that its value must not come back in an error's text. */
export function isSecretKey(key: string): boolean {
    return secretKey.test(key);
}

/** The segments of a path as they may be shown: an invitation's key and a transfer token, both credentials, are masked. */
export function shownPath(pathname: string): string {
    return pathname.replace(/(\/members\/join\/)[^/]+|(\/transfer\/token\/)[^/]{60,}/, `$1$2${mask}`);
}

export class Redactor {
    readonly #secrets = new Set<string>();

    add(...secrets: (string | undefined)[]): void {
        for (const secret of secrets) {
            if (secret === undefined || secret === "") {
                continue;
            }
            this.#secrets.add(secret);
            this.#secrets.add(encodeURIComponent(secret));
            this.#secrets.add(JSON.stringify(secret).slice(1, -1));
        }
    }

    /** The same redactor with the secrets of one request, which are forgotten with it. */
    with(secrets: readonly string[]): Redactor {
        const redactor = new Redactor();
        redactor.add(...this.#secrets, ...secrets);
        return redactor;
    }

    readonly redact = (text: string): string => {
        let shown = text;
        for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) {
            // A short secret is masked as a word only: "a" as a password must not blank every "a".
            shown =
                secret.length >= 4
                    ? shown.replaceAll(secret, mask)
                    : shown.replace(
                          new RegExp(`(?<![A-Za-z0-9])${secret.replace(/\W/g, "\\$&")}(?![A-Za-z0-9])`, "g"),
                          mask,
                      );
        }
        return shown;
    };
}
