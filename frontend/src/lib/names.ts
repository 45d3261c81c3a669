const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;

/** Whether a text may name a connector, a processor or a pipeline. */
export const isName = (text: string): boolean => NAME.test(text);
