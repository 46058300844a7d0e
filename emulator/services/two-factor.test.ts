import { createHmac } from "node:crypto";
import { type Account, Driver } from "../driver";

describe("the second factor", () => {
    let driver = new Driver();
    let ann: Account = { userId: "", email: "", token: "", password: "" };
    beforeEach(async () => {
        driver = new Driver();
        ann = await driver.account("ann@example.com");
    });
    const path = "/user/auth/2factor";
    const post = (rest: string, token = ann.token) => driver.post(`${path}/${rest}/`, {}, token);
    const state = async () => (await driver.get(`${path}/`, ann.token)).at("state");
    const mailed = async () => {
        const messages = (await driver.control("/mail")).list("messages");
        return String(messages.find(({ kind }) => kind === "secondFactor")?.code);
    };
    const signIn = () => {
        const authorization = `Basic ${Buffer.from(`${ann.email}:${ann.password}`).toString("base64")}`;
        return driver.request("/current/user/auth/", { headers: { authorization } });
    };

    it("is enrolled with a code by message, asked for at sign-in, and disabled with another", async () => {
        expect([await state(), (await post("post")).outcome]).toEqual(["disabled", "406/1605"]);
        await post("sms");
        expect([await state(), (await signIn()).at("2factor")]).toEqual(["unverified", false]);
        expect((await post("verify/wrong")).outcome).toBe("401/1650");
        const code = await mailed();
        expect((await post(`verify/${code}`)).outcome).toBe("200");
        expect(JSON.stringify(await driver.ledger())).not.toContain(`/${code}/`);
        expect([await state(), (await post("totp")).outcome]).toEqual(["enabled", "406/1658"]);

        const limited = await signIn();
        expect(limited.at("2factor")).toBe(true);
        const half = limited.text("auth_token");
        expect((await driver.get("/user/me/details/", half)).outcome).toBe("401/1650");
        expect((await driver.get(`${path}/send/sms/`, half)).outcome).toBe("200");
        const fresh = await mailed();
        const full = await post(`auth/${fresh}`, half);
        expect((await driver.get("/user/me/details/", full.text("auth_token"))).outcome).toBe("200");
        expect((await post(`auth/${fresh}`, half)).outcome).toBe("401/1650");

        expect((await driver.delete(`${path}/wrong/`, ann.token)).outcome).toBe("401/1650");
        await driver.get(`${path}/send/sms/`, ann.token);
        expect((await driver.delete(`${path}/${await mailed()}/`, ann.token)).outcome).toBe("200");
        expect([await state(), (await signIn()).at("2factor")]).toEqual(["disabled", false]);
    });

    it("takes what an authenticator shows, and guards new keys of whoever signed in", async () => {
        const uri = (await post("totp")).text("binding_uri");
        const secret = new URL(uri).searchParams.get("secret") ?? "";
        const shown = () => {
            const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            const number = [...secret].reduce((sum, letter) => sum * 32n + BigInt(letters.indexOf(letter)), 0n);
            const key = Buffer.from(number.toString(16).padStart(40, "0"), "hex");
            const step = Buffer.from(
                Math.floor(Driver.start / 30_000)
                    .toString(16)
                    .padStart(16, "0"),
                "hex",
            );
            const mac = createHmac("sha1", key).update(step).digest();
            const offset = mac.readUInt8(19) & 15;
            return String((mac.readUInt32BE(offset) % 2 ** 31) % 1_000_000).padStart(6, "0");
        };
        await post(`verify/${shown()}`);
        expect((await driver.get(`${path}/`, ann.token)).body).toMatchObject({ state: "enabled", totp: true });
        const half = (await signIn()).text("auth_token");
        const full = (await post(`auth/${shown()}`, half)).text("auth_token");
        const key = (form: Record<string, string>, token: string) => driver.post("/user/auth/key/", form, token);
        expect((await key({}, full)).outcome).toBe("406/1670");
        expect((await key({ token: "000000" }, full)).outcome).toBe("401/1650");
        expect((await key({ token: shown() }, full)).outcome).toBe("200");
        expect((await key({}, ann.token)).outcome).toBe("200");
    });
});
