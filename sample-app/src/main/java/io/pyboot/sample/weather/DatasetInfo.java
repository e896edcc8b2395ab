package io.pyboot.sample.weather;

import java.time.LocalDate;

/**
 * A file as a client sees it.
 *
 * @param id what other requests name it by
 * @param name the name it was uploaded under
 * @param days number of days in it
 * @param first its first day
 * @param last its last day
 */
public record DatasetInfo(String id, String name, int days, LocalDate first, LocalDate last) {

}
