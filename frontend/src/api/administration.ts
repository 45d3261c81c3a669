import { queryOptions } from "@tanstack/react-query";
import { get, part, post, put, remove } from "./client";
import type { NewToken, Page, Role, SecretName, SignInLink, Token, User } from "./types";

export const administrationKeys = {
  users: ["users"] as const,
  tokens: ["tokens"] as const,
  secrets: ["secrets"] as const,
};

export const usersQuery = () =>
  queryOptions({
    queryKey: administrationKeys.users,
    queryFn: async ({ signal }) => (await get<Page<User>>("/users", { query: { limit: 500 }, signal })).items,
  });

export const createUser = (user: { email: string; name: string; role: Role }) => post<User>("/users", { body: user });
export const updateUser = (user: User, change: Partial<Pick<User, "email" | "name" | "role" | "enabled">>) => {
  const { email, name, role, enabled, revision } = user;
  return put<User>(`/users/${part(user.id)}`, { body: { email, name, role, enabled, ...change }, revision });
};
export const deleteUser = (id: string) => remove(`/users/${part(id)}`);
export const makeSignInLink = (id: string) => post<SignInLink>(`/users/${part(id)}/link`);

export const tokensQuery = () =>
  queryOptions({
    queryKey: administrationKeys.tokens,
    queryFn: async ({ signal }) => (await get<Page<Token>>("/tokens", { query: { limit: 500 }, signal })).items,
  });

export const createToken = (token: { name: string; role?: Role | null; expires_in_days?: number | null }) =>
  post<NewToken>("/tokens", { body: token });
export const deleteToken = (id: string) => remove(`/tokens/${part(id)}`);

export const secretsQuery = () =>
  queryOptions({
    queryKey: administrationKeys.secrets,
    queryFn: async ({ signal }) => (await get<Page<SecretName>>("/secrets", { query: { limit: 500 }, signal })).items,
  });

export const putSecret = (name: string, value: string) =>
  put<SecretName>(`/secrets/${part(name)}`, { body: { value } });
export const deleteSecret = (name: string) => remove(`/secrets/${part(name)}`);
