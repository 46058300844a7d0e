import { isSecretKey, Redactor, shownPath } from "./redactor";

function redact(text: string, ...secrets: string[]): string {
    const redactor = new Redactor();
    redactor.add(...secrets);
    return redactor.redact(text);
}

test("a secret is masked as it is, percent-encoded and inside JSON", () => {
    const secret = 'p&ss "word"';
    expect(redact(`${secret} ${encodeURIComponent(secret)} ${JSON.stringify({ secret })}`, secret)).toBe(
        '[secret] [secret] {"secret":"[secret]"}',
    );
});

test("a secret within another is masked with it", () => {
    expect(redact("token-123-abc", "token-123", "token-123-abc")).toBe("[secret]");
});

test("a short secret is masked as a word only", () => {
    expect(redact("a name: a", "a")).toBe("[secret] name: [secret]");
    expect(redact("a+b (a+)", "a+")).toBe("a+b ([secret])");
});

test("secrets of one request are forgotten with it", () => {
    const redactor = new Redactor();
    redactor.add("lasting");
    expect(redactor.with(["passing"]).redact("lasting passing")).toBe("[secret] [secret]");
    expect(redactor.redact("lasting passing")).toBe("[secret] passing");
});

test("keys that hold secrets", () => {
    expect(["password", "token", "lock_token", "api_key", "current_password"].every(isSecretKey)).toBe(true);
    expect(["domain", "confirm", "email_address", "key_metrics"].some(isSecretKey)).toBe(false);
});

test("the key of an invitation is masked in a path", () => {
    expect(shownPath("/current/org/1/members/join/k3y-0f-invitation/accept/")).toBe(
        "/current/org/1/members/join/[secret]/accept/",
    );
    expect(shownPath("/current/org/1/members/join/")).toBe("/current/org/1/members/join/");
});
