/** Every migration, in order, by import: a bundle has no folder to read. */
import type { Migration } from 'kysely/migration';
import * as firstSchema from './0001-first-schema.ts';
import * as whatBecameOfRevisions from './0002-what-became-of-revisions.ts';
import * as whatOutlivesAController from './0003-what-outlives-a-controller.ts';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-schema': firstSchema,
  '0002-what-became-of-revisions': whatBecameOfRevisions,
  '0003-what-outlives-a-controller': whatOutlivesAController,
};
