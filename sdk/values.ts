/** Types of values that arguments and outputs of several kinds have. */
import type * as pulumi from "@pulumi/pulumi";

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Any JSON value, with outputs of other resources anywhere in it. */
export type JsonInput = pulumi.Input<string | number | boolean | null | JsonInput[] | { [key: string]: JsonInput }>;

/** A colour: `#rrggbb`, or its parts: red, green and blue from 0 to 255, and the opacity from 0 to 1. Equal by value. */
export type Colour = string | { r: number; g: number; b: number; a?: number };

/** A colour, its parts outputs of other resources if need be. */
export type ColourInput = pulumi.Input<
    string | { r: pulumi.Input<number>; g: pulumi.Input<number>; b: pulumi.Input<number>; a?: pulumi.Input<number> }
>;
