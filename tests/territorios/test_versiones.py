"""Escribir sin perder: de dos que guardan sobre la misma versión, gana exactamente uno."""

from threading import Barrier

import pytest
from django.db import transaction

from acompanamiento.models import Estrategia
from territorios.versiones import Conflicto, bloquear, guardar_con_version
from tests.carreras import a_la_vez
from tests.fabricas import EstrategiaFactory


@pytest.fixture
def piloto(db):
    return EstrategiaFactory(nombre="Original")


class TestGuardar:
    def test_sube_la_version_y_deja_un_asiento(self, piloto):
        antes = piloto.historia.count()
        piloto.nombre = "Corregido"
        guardar_con_version(piloto, 1)
        piloto.refresh_from_db()
        assert (piloto.nombre, piloto.version) == ("Corregido", 2)
        assert piloto.historia.count() == antes + 1

    def test_la_version_puede_llegar_como_texto_del_formulario(self, piloto):
        guardar_con_version(piloto, "1")
        assert Estrategia.objects.get().version == 2

    def test_lo_viejo_se_rechaza_sin_escribir_nada(self, piloto):
        mia, suya = Estrategia.objects.get(), Estrategia.objects.get()
        suya.nombre = "Lo guardó otra persona"
        guardar_con_version(suya, 1)
        antes = piloto.historia.count()
        mia.nombre = "Lo mío"
        with pytest.raises(Conflicto) as conflicto:
            guardar_con_version(mia, 1)
        assert conflicto.value.actual.nombre == "Lo guardó otra persona"
        assert Estrategia.objects.get().nombre == "Lo guardó otra persona"
        assert piloto.historia.count() == antes

    def test_una_version_futura_tampoco_vale(self, piloto):
        with pytest.raises(Conflicto):
            guardar_con_version(piloto, 7)

    def test_de_lo_que_no_existe_se_dice(self, piloto):
        Estrategia.objects.filter(pk=piloto.pk).delete()
        with pytest.raises(Estrategia.DoesNotExist):
            guardar_con_version(piloto, 1)

    def test_sin_version_solo_se_bloquea(self, piloto):
        with transaction.atomic():
            assert bloquear(Estrategia, piloto.pk) == piloto


@pytest.mark.django_db(transaction=True)
class TestCarrera:
    @pytest.mark.parametrize("cuantos", [2, 8])
    def test_gana_exactamente_uno(self, cuantos):
        piloto = EstrategiaFactory()
        antes = piloto.historia.count()

        def guardar(n):
            copia = Estrategia.objects.get(pk=piloto.pk)
            copia.nombre = f"Edición {n}"
            guardar_con_version(copia, 1)
            return copia.nombre

        dados = a_la_vez(cuantos, guardar)

        ganadores = [dado for dado in dados if isinstance(dado, str)]
        assert len(ganadores) == 1, dados
        assert all(isinstance(d, Conflicto) for d in dados if d not in ganadores), dados
        piloto.refresh_from_db()
        assert (piloto.nombre, piloto.version) == (ganadores[0], 2)
        assert piloto.historia.count() == antes + 1

    def test_quien_reintenta_con_la_version_nueva_no_pierde_nada(self):
        """Ocho personas agregan una línea cada una: al final están las ocho."""
        piloto = EstrategiaFactory(resumen="")

        def agregar(n):
            while True:
                copia = Estrategia.objects.get(pk=piloto.pk)
                copia.resumen += f"línea {n}\n"
                try:
                    return guardar_con_version(copia, copia.version)
                except Conflicto:
                    continue

        assert not [d for d in a_la_vez(8, agregar) if isinstance(d, Exception)]
        piloto.refresh_from_db()
        assert sorted(piloto.resumen.splitlines()) == [f"línea {n}" for n in range(8)]
        assert piloto.version == 9

    def test_sin_comparar_version_se_pierde(self):
        """Control negativo: lo que el mecanismo evita pasa de verdad si se guarda a secas."""
        piloto = EstrategiaFactory(resumen="")
        leidas = Barrier(2)

        def agregar(n):
            copia = Estrategia.objects.get(pk=piloto.pk)
            leidas.wait()
            copia.resumen += f"línea {n}\n"
            copia.save()

        a_la_vez(2, agregar)
        piloto.refresh_from_db()
        assert len(piloto.resumen.splitlines()) == 1
