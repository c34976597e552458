"""fpm (防贫监测): monthly comparison of department data with a county's household roster."""

__version__ = "0.1.0"
