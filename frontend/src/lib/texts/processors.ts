export const processors = {};
