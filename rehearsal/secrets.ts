// Pulumi's passphrase encryption: a key derived once per passphrase and salt, AES-256-GCM, `v1:nonce:ciphertext`.

import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const iterations = 1_000_000;
const keyBytes = 32;
const tagBytes = 16;
// What the salt's own ciphertext says, so that a wrong passphrase is noticed.
const probe = "pulumi";

const keys = new Map<string, Promise<KeyObject>>();
const freshCrypters = new Map<string, Promise<Crypter>>();

function deriveKey(passphrase: string, salt: Buffer): Promise<KeyObject> {
    const name = `${salt.toString("base64")}:${passphrase}`;
    const known = keys.get(name);
    if (known) return known;
    const derived = promisify(pbkdf2)(passphrase, salt, iterations, keyBytes, "sha256").then(createSecretKey);
    keys.set(name, derived);
    return derived;
}

/** Encrypts and decrypts with one key; `state` is what a deployment or a stack file keeps to find the key again. */
export class Crypter {
    private constructor(
        private readonly key: KeyObject,
        readonly state: string,
    ) {}

    /** A crypter with a salt of its own, shared by all stacks of this process that have the same passphrase. */
    static fresh(passphrase: string): Promise<Crypter> {
        const known = freshCrypters.get(passphrase);
        if (known) return known;
        const made = (async () => {
            const salt = randomBytes(8);
            const key = await deriveKey(passphrase, salt);
            return new Crypter(key, `v1:${salt.toString("base64")}:${encryptWith(key, probe)}`);
        })();
        freshCrypters.set(passphrase, made);
        return made;
    }

    /** The crypter that wrote `state`, if the passphrase is the one it was made with. */
    static async of(passphrase: string, state: string): Promise<Crypter> {
        const [version, salt, ...check] = state.split(":");
        if (version !== "v1" || salt === undefined) throw new Error("The encryption salt has an unknown form.");
        const crypter = new Crypter(await deriveKey(passphrase, Buffer.from(salt, "base64")), state);
        try {
            if (crypter.decrypt(check.join(":")) === probe) return crypter;
        } catch {
            // Reported below: the cause says nothing that a user could act on.
        }
        throw new Error("incorrect passphrase: give the one that the stack was made with as `secretsPassphrase`.");
    }

    encrypt(text: string): string {
        return encryptWith(this.key, text);
    }

    decrypt(ciphertext: string): string {
        const [version, nonce, sealed] = ciphertext.split(":");
        if (version !== "v1" || nonce === undefined || sealed === undefined) {
            throw new Error("A ciphertext has an unknown form.");
        }
        const bytes = Buffer.from(sealed, "base64");
        const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"), {
            authTagLength: tagBytes,
        });
        decipher.setAuthTag(bytes.subarray(-tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
    }
}

function encryptWith(key: KeyObject, text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}
