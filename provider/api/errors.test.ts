import { inspect } from "node:util";
import {
    AbortedError,
    AnswerError,
    ApiError,
    type ApiErrorClass,
    ConfigurationError,
    ConnectionError,
    FastioError,
    isAmbiguous,
    isApiError,
    TimeoutError,
} from "./errors";

const details = { operation: "create the workspace", problem: "it broke.", next: "Try again." };

function apiError(errorClass: ApiErrorClass, status = 406): ApiError {
    return new ApiError({
        operation: "create the workspace",
        class: errorClass,
        status,
        apiCode: 1605,
        apiText: "Bad name.",
        requestId: "req-1",
        resource: "POST /current/org/1/create/workspace/",
        attempts: 1,
    });
}

test("the message says what failed, why, and what to do next", () => {
    expect(apiError("invalid").message).toBe(
        'Could not create the workspace: Fast.io says "Bad name." (HTTP 406, code 1605, request id req-1, ' +
            "POST /current/org/1/create/workspace/). Correct the value that the message names.",
    );
    expect(new ConnectionError({ ...details, sent: false, attempts: 4 }).message).toBe(
        "Could not create the workspace (4 attempts): it broke. Try again.",
    );
});

test("the fields are there for code, also in JSON", () => {
    expect(JSON.parse(JSON.stringify(apiError("invalid")))).toEqual({
        name: "ApiError",
        code: "FASTIO_API",
        operation: "create the workspace",
        next: "Correct the value that the message names.",
        attempts: 1,
        class: "invalid",
        status: 406,
        apiCode: 1605,
        apiText: "Bad name.",
        requestId: "req-1",
        resource: "POST /current/org/1/create/workspace/",
    });
    expect(inspect(apiError("invalid"))).toContain("ApiError: Could not create the workspace");
});

test("instanceof tells the classes apart, also those of another copy of this module", () => {
    let other: typeof import("./errors") | undefined;
    jest.isolateModules(() => {
        other = require("./errors");
    });
    const foreign = new (other as typeof import("./errors")).ConfigurationError(details);
    expect(Object.getPrototypeOf(foreign)).not.toBe(ConfigurationError.prototype);
    expect(foreign instanceof ConfigurationError).toBe(true);
    expect(foreign instanceof FastioError).toBe(true);
    expect(foreign instanceof ApiError).toBe(false);
    expect(new Error("other") instanceof FastioError).toBe(false);
    expect(FastioError[Symbol.hasInstance](null)).toBe(false);
});

test("isApiError asks for any of the classes", () => {
    expect(isApiError(apiError("exists"), "duplicate", "exists")).toBe(true);
    expect(isApiError(apiError("exists"), "not-found")).toBe(false);
    expect(isApiError(apiError("exists"))).toBe(true);
    expect(isApiError(new Error("other"))).toBe(false);
});

test("as changes the class and the advice only", () => {
    const denied = apiError("unknown", 401).as("denied");
    expect(denied).toMatchObject({ class: "denied", status: 401, apiText: "Bad name.", requestId: "req-1" });
    expect(denied.next).toContain("permission");
});

test("the outcome of a write is unknown when it may have happened", () => {
    const answer = (status: number) => new AnswerError({ ...details, reason: "truncated", status });
    expect(
        [
            new ConnectionError({ ...details, sent: true }),
            new TimeoutError({ ...details, sent: true }),
            new AbortedError({ operation: "create the workspace", sent: true }),
            answer(200),
            answer(502),
            apiError("server", 500),
        ].map(isAmbiguous),
    ).toEqual(Array(6).fill(true));
    expect(
        [
            new ConnectionError({ ...details, sent: false }),
            new TimeoutError({ ...details, sent: false }),
            answer(302),
            answer(404),
            apiError("invalid"),
            apiError("not-implemented", 501),
            new Error("other"),
            undefined,
        ].map(isAmbiguous),
    ).toEqual(Array(8).fill(false));
});
