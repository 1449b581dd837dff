/** The contract between the services: what they say to each other over Kafka, without Kafka itself. */
@NullMarked
package org.clusterbackup.events;

import org.jspecify.annotations.NullMarked;
