// Transforms of invokes, with the program's side of the conversation played here: functions of dynamic providers have no arguments to see.

import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { Callback, type CallbackInvokeRequest, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import {
    ResourceInvokeRequest,
    TransformInvokeOptions,
    TransformInvokeRequest,
    TransformInvokeResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Transforms } from "./transforms";
import { fromStruct, toStruct } from "./values";

test("transforms of invokes change arguments and version, one after the other; one that answers nothing changes nothing", async () => {
    const seen: object[] = [];
    const functions: Record<string, (asked: TransformInvokeRequest) => TransformInvokeResponse> = {
        sized: (asked) =>
            new TransformInvokeResponse()
                .setArgs(toStruct({ ...fromStruct(asked.getArgs()), size: 7 }))
                .setOptions(asked.getOptions()),
        nothing: () => new TransformInvokeResponse(),
        newer: () => new TransformInvokeResponse().setOptions(new TransformInvokeOptions().setVersion("2.0.0")),
    };
    const server = new Server();
    server.addService(CallbacksService, {
        invoke: (
            { request }: ServerUnaryCall<CallbackInvokeRequest, CallbackInvokeResponse>,
            done: sendUnaryData<CallbackInvokeResponse>,
        ) => {
            const asked = TransformInvokeRequest.deserializeBinary(request.getRequest_asU8());
            seen.push({ token: asked.getToken(), args: fromStruct(asked.getArgs()) });
            const answer = functions[request.getToken()]?.(asked) ?? new TransformInvokeResponse();
            done(null, new CallbackInvokeResponse().setResponse(answer.serializeBinary()));
        },
    });
    const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        ),
    );
    const transforms = new Transforms();
    for (const token of ["sized", "nothing", "newer"]) {
        transforms.add("invokes", new Callback().setTarget(`127.0.0.1:${port}`).setToken(token));
    }
    const request = new ResourceInvokeRequest().setTok("toy:index:lookup").setArgs(toStruct({ name: "a" }));
    try {
        await transforms.applyToInvoke(request.setVersion("1.0.0"));
    } finally {
        transforms.close();
        server.forceShutdown();
    }
    expect(fromStruct(request.getArgs())).toEqual({ name: "a", size: 7 });
    expect(request.getVersion()).toBe("2.0.0");
    expect(seen).toEqual([
        { token: "toy:index:lookup", args: { name: "a" } },
        { token: "toy:index:lookup", args: { name: "a", size: 7 } },
        { token: "toy:index:lookup", args: { name: "a", size: 7 } },
    ]);
});
