/** Free JSON in arguments and outputs. */
import type * as pulumi from "@pulumi/pulumi";

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Any JSON value, with outputs of other resources anywhere in it. */
export type JsonInput = pulumi.Input<string | number | boolean | null | JsonInput[] | { [key: string]: JsonInput }>;
