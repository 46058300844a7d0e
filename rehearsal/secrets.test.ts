import { Crypter } from "./secrets";

// Written by Pulumi 3.260.0 with an empty passphrase.
const salt = "v1:t5DAULeuPhk=:v1:e+9B4Dy8hdpUVsJT:lbmeuOPDX0bv6Py4LYEWONXwr7QZ7A==";
const ciphertext = "v1:HQiswEuHuWNT1XHY:WfTlHafiV1bmysudui27L0kJ/K7eG7g=";

test("opens what Pulumi has encrypted", async () => {
    const crypter = await Crypter.of("", salt);
    expect(crypter.decrypt(ciphertext)).toBe("tok-123");
    expect(crypter.decrypt(crypter.encrypt("zwölf"))).toBe("zwölf");
});

test("notices a wrong passphrase", async () => {
    await expect(Crypter.of("guess", salt)).rejects.toThrow("incorrect passphrase");
});

test("finds its key again by the state that it left", async () => {
    const fresh = await Crypter.fresh("pass");
    const again = await Crypter.of("pass", fresh.state);
    expect(again.decrypt(fresh.encrypt("kept"))).toBe("kept");
});
