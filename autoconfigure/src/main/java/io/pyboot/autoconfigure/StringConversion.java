package io.pyboot.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionService;
import org.springframework.format.datetime.standard.DateTimeFormatterRegistrar;

/**
 * The conversion of strings that results go through: Boot's, with dates and times as
 * Python's {@code isoformat()} writes them whatever the locale, and the converters and
 * formatters that are beans of the application.
 */
final class StringConversion {

	private StringConversion() {
	}

	static ConversionService service(ListableBeanFactory beanFactory) {
		ApplicationConversionService service = new ApplicationConversionService();
		DateTimeFormatterRegistrar dates = new DateTimeFormatterRegistrar();
		dates.setUseIsoFormat(true);
		dates.registerFormatters(service);
		ApplicationConversionService.addBeans(service, beanFactory);
		return service;
	}

}
