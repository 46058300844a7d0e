// What the rest of the provider uses of the HTTP client.

export {
    type Account,
    ApiClient,
    type ApiClientOptions,
    type ApiRequest,
    type Content,
    type CredentialSource,
    type FormValue,
    type ListRequest,
    type Log,
    type Multipart,
    type RequestKind,
} from "./client";
export { type Clock, systemClock } from "./clock";
export { identifier, wrapped } from "./envelope";
export {
    AbortedError,
    AnswerError,
    type AnswerProblem,
    ApiError,
    type ApiErrorClass,
    ConfigurationError,
    ConnectionError,
    CredentialError,
    FastioError,
    isAmbiguous,
    isApiError,
    RateLimitWaitError,
    ShiftedListError,
    TimeoutError,
} from "./errors";
