"""Lo que vale entre dos fechas: `desde` incluido, `hasta` excluido; vacío es sin límite."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

# Los GAD existen desde el COOTAD, de 2010: nada de lo que se anota aquí es de antes.
PRIMER_ANIO = 2010
ULTIMO_ANIO = 2100


def vigente_en(fecha, prefijo=""):
    """Condición de estar vigente en `fecha`; `prefijo` recorre una relación («territorio__»)."""
    desde, hasta = f"{prefijo}desde", f"{prefijo}hasta"
    return (Q(**{f"{desde}__isnull": True}) | Q(**{f"{desde}__lte": fecha})) & (
        Q(**{f"{hasta}__isnull": True}) | Q(**{f"{hasta}__gt": fecha})
    )


def se_cruza_con(desde, hasta):
    """Condición de tener algún día en común con el período que va de `desde` a `hasta`."""
    cruce = Q()
    if hasta is not None:
        cruce &= Q(desde__isnull=True) | Q(desde__lt=hasta)
    if desde is not None:
        cruce &= Q(hasta__isnull=True) | Q(hasta__gt=desde)
    return cruce


class ConVigencia(models.Model):
    desde = models.DateField("vigente desde", null=True, blank=True)
    hasta = models.DateField("vigente hasta", null=True, blank=True)

    class Meta:
        abstract = True

    def vigente_en(self, fecha):
        empezo = self.desde is None or self.desde <= fecha
        return empezo and (self.hasta is None or self.hasta > fecha)

    def exigir_sin_cruce(self, hermanas):
        """Lanza ValidationError si el período se cruza con el de otra fila de `hermanas`."""
        otra = hermanas.exclude(pk=self.pk).filter(se_cruza_con(self.desde, self.hasta)).first()
        if otra:
            desde = f"desde el {otra.desde:%d/%m/%Y}" if otra.desde else "desde siempre"
            hasta = f"hasta el {otra.hasta:%d/%m/%Y}" if otra.hasta else "sin fecha de fin"
            raise ValidationError(
                f"El período se cruza con el de «{otra}», {desde} y {hasta}. "
                "Cierre ese período o cambie las fechas de este."
            )


def fechas_en_orden(nombre):
    """Restricción de la base: si hay las dos fechas, `desde` es anterior a `hasta`."""
    return models.CheckConstraint(
        name=nombre,
        condition=Q(desde__isnull=True) | Q(hasta__isnull=True) | Q(desde__lt=F("hasta")),
        violation_error_message="La fecha «hasta» debe ser posterior a la fecha «desde».",
    )


def fechas_creibles(nombre, *campos):
    """Restricción de la base: esas fechas, si están, son de un año que puede ser."""
    limites = date(PRIMER_ANIO, 1, 1), date(ULTIMO_ANIO, 12, 31)
    condicion = Q()
    for campo in campos:
        condicion &= Q(**{f"{campo}__isnull": True}) | Q(**{f"{campo}__range": limites})
    return models.CheckConstraint(
        name=nombre,
        condition=condicion,
        violation_error_message=(
            f"Revise las fechas: el año debe estar entre {PRIMER_ANIO} y {ULTIMO_ANIO}."
        ),
    )
