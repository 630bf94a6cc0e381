/** What is used of the SDK, which comes without types. All calls fail with an error of gRPC. */
declare module '@google-cloud/agones-sdk' {
  export default class AgonesSDK {
    /** Of health; once it has failed the SDK would write into it for ever, and hear nothing. */
    healthStream: { once(event: 'status', listener: (status: { code: number; details: string }) => void): void } | undefined;
    /** Of watches; only added to. */
    readonly streams: unknown[];
    readonly beta: {
      setCounterCount(key: string, amount: number): Promise<void>;
      setCounterCapacity(key: string, amount: number): Promise<void>;
    };
    /** Waits 30 s at most. The port is `AGONES_SDK_GRPC_PORT`'s. */
    connect(): Promise<void>;
    close(): void;
    ready(): Promise<unknown>;
    allocate(): Promise<unknown>;
    shutdown(): Promise<unknown>;
    health(onError: (error: Error) => void): void;
    watchGameServer(onChange: (gameServer: { status?: { state: string } }) => void, onError: (error: Error) => void): void;
  }
}
