"""Fábricas del registro de participantes."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from talleres.models import Participante, TextoConsentimiento

from .fabricas import EncuentroFactory, GadFactory

TEXTO = "Acepto que se registren mi nombre y mi contacto para el seguimiento de este encuentro."


class TextoConsentimientoFactory(DjangoModelFactory):
    """Texto vigente desde siempre y sin fin."""

    class Meta:
        model = TextoConsentimiento

    texto = TEXTO


class ParticipanteFactory(DjangoModelFactory):
    """Técnica del GAD dado (o de una entidad, con `gad=None` y `nivel`), con consentimiento."""

    class Meta:
        model = Participante

    encuentro = factory.SubFactory(EncuentroFactory)
    nombre = factory.Sequence(lambda n: f"Participante de Prueba {n}")
    cargo = "Técnica"
    gad = factory.SubFactory(GadFactory)
    nivel = factory.LazyAttribute(lambda fila: Participante.Nivel.de(fila.gad))
    sexo = Participante.Sexo.MUJER
    consentimiento = TEXTO
    consentimiento_fecha = date(2019, 8, 22)
    via = Participante.Via.PAPEL
