import bindings from "./index.cjs";

export const { DockerRegistryServer } = bindings;
