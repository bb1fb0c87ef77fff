"""Elenco de los talleres: lo que cuelga de los dos encuentros del elenco.

`conftest` lo ofrece a todas las pruebas.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from pdot.models import ElementoVision
from pdot.promociones import promover_a_vision
from talleres.aceptaciones import aceptar_choque
from talleres.enlaces import enlace_de
from talleres.lector_choques import choques_de_encuentro
from talleres.models import CumuloAportes, Encuentro, Evidencia, Feriado

from .fabricas import AcuerdoFactory, AporteFactory, EncuentroFactory, SuscripcionFactory
from .fabricas_puerta import SEMILLA, CertificadoFactory, certificado_publico, puerta_de_hoy
from .fabricas_registro import ParticipanteFactory, TextoConsentimientoFactory
from .talleres.convocados import ConvocatoriaFactory
from .talleres.evidencias import evidencia_de

CLAVE_DE_CALENDARIO = "clave-del-calendario-de-chone"


@pytest.fixture
def participantes(encuentro1, encuentro2, territorio):
    """Una persona de Rioverde en el primer encuentro y una de Pedernales en el segundo."""
    return {
        "participante1": ParticipanteFactory(encuentro=encuentro1, gad=territorio.gad["0807"]),
        "participante2": ParticipanteFactory(encuentro=encuentro2, gad=territorio.gad["1317"]),
    }


@pytest.fixture
def certificados(encuentro1, encuentro2, territorio):
    """El de una persona de cada encuentro; y, para comprobar sin cuenta, el de otro y una puerta.

    El encuentro de la puerta y el del certificado público no son de ningún grupo.
    """
    # El segundo ya se realizó: se puede certificar a quien falte.
    Encuentro.objects.filter(pk=encuentro2.pk).update(estado="realizado")
    certificado_publico()
    puerta_de_hoy(semilla=SEMILLA)
    de_rioverde = {"encuentro": encuentro1, "participante__gad": territorio.gad["0807"]}
    de_pedernales = {"encuentro": encuentro2, "participante__gad": territorio.gad["1317"]}
    return {
        "certificado1": CertificadoFactory(**de_rioverde),
        "certificado2": CertificadoFactory(**de_pedernales),
    }


@pytest.fixture
def consentimiento(db):
    """El texto vigente desde siempre: sin él no se guarda el nombre de nadie."""
    return TextoConsentimientoFactory()


@pytest.fixture
def suscripcion(plan_chone):
    """El calendario de alguien que no ve ningún encuentro del elenco: su clave no revela nada."""
    return SuscripcionFactory(usuario=plan_chone, nombre="Mi teléfono", clave=CLAVE_DE_CALENDARIO)


@pytest.fixture
def convocatorias(encuentro1, encuentro2, grupo1):
    """El oficio de un GAD en cada encuentro, y el enlace de otro, de un encuentro por venir."""
    por_venir = EncuentroFactory(
        estrategia=grupo1.estrategia, fecha=timezone.localdate() + timedelta(days=30)
    )
    return {
        "convocatoria1": ConvocatoriaFactory(encuentro=encuentro1, gad_id="0807"),
        "convocatoria2": ConvocatoriaFactory(encuentro=encuentro2, gad_id="1317"),
        "enlace": enlace_de(ConvocatoriaFactory(encuentro=por_venir, gad_id="0801")),
    }


@pytest.fixture
def acuerdos(grupo1, grupo2, territorio):
    """Uno de cada grupo: del primero responde Rioverde; del segundo, Pedernales."""
    return {
        "acuerdo1": AcuerdoFactory(grupo=grupo1, responsable_gad=territorio.gad["0807"]),
        "acuerdo2": AcuerdoFactory(grupo=grupo2, responsable_gad=territorio.gad["1317"]),
    }


@pytest.fixture
def aceptados(encuentro1, encuentro2, central):
    """El choque aceptado de cada encuentro: los dos caen en un feriado propio."""

    def aceptar(encuentro):
        Feriado.objects.create(fecha=encuentro.fecha, nombre="Fiesta de prueba")
        (choque,) = choques_de_encuentro(encuentro, central)
        return aceptar_choque(choque, encuentro.estrategia, motivo="Se acordó así", por=central)

    return {"choque1": aceptar(encuentro1), "choque2": aceptar(encuentro2)}


@pytest.fixture
def evidencias(encuentro1, encuentro2, central):
    """Una foto de cada encuentro (en la del segundo aparecen personas) y otra que se retiró."""
    comun = {"por": central, "consentimiento": "Aceptaron de viva voz"}
    retirada = evidencia_de(encuentro1, alcance="todos", **comun)
    retiro = {"retirada": timezone.now(), "motivo_retiro": "Salió movida"}
    Evidencia.objects.filter(pk=retirada.pk).update(**retiro)
    return {
        "evidencia1": evidencia_de(encuentro1, alcance="todos", **comun),
        "evidencia2": evidencia_de(encuentro2, alcance="personas", **comun),
        "evidencia retirada": retirada,
    }


@pytest.fixture
def aportes(encuentro1, encuentro2):
    """Una tarjeta de cada encuentro, agrupada."""

    def de(encuentro):
        cumulo = CumuloAportes.objects.create(encuentro=encuentro, titulo="Turismo")
        return AporteFactory(encuentro=encuentro, estrategia=encuentro.estrategia, cumulo=cumulo)

    return {"aporte1": de(encuentro1), "aporte2": de(encuentro2)}


@pytest.fixture
def promociones(aportes, grupo1, grupo2, central):
    """De cada tarjeta nació un elemento de la visión de su grupo."""

    def de(aporte, grupo):
        elemento = ElementoVision(grupo=grupo, texto="Nacido de una tarjeta")
        return promover_a_vision(aporte, elemento, gads=[], por=central)

    return {"aporte1": de(aportes["aporte1"], grupo1), "aporte2": de(aportes["aporte2"], grupo2)}
