import { Validator, type Schema as AnySchema } from "@cfworker/json-schema";
import { ErrorSchemaBuilder, type ErrorSchema, type RJSFSchema, type ValidatorType } from "@rjsf/utils";
import { findErrors, type FormError } from "./find-errors";
import type { Schema } from "./schema";

/**
 * The judge that react-jsonschema-form asks. Its usual one, Ajv, compiles schemas into code at run time, which a strict
 * Content-Security-Policy forbids; this one walks them.
 */
export const formValidator: ValidatorType = {
  validateFormData(formData, schema) {
    const errors = findErrors(schema as Schema, formData ?? {});
    return {
      errorSchema: errorSchemaOf(errors),
      errors: errors.map(({ path, message }) => ({ property: `.${path.join(".")}`, message, stack: message })),
    };
  },
  isValid: (schema, formData) => new Validator(schema as AnySchema, "2020-12").validate(formData).valid,
  rawValidation: (schema: RJSFSchema, formData) => ({ errors: findErrors(schema as Schema, formData) as never[] }),
};

export function errorSchemaOf(errors: readonly FormError[]): ErrorSchema {
  const builder = new ErrorSchemaBuilder();
  for (const { path, message } of errors) builder.addErrors(message, path);
  return builder.ErrorSchema;
}
