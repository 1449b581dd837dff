/** What has to be done after a disaster, in which order and on which machine: made from a target alone, and carried out step by step. */
@NullMarked
package org.clusterbackup.cli.recover;

import org.jspecify.annotations.NullMarked;
